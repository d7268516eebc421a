import type { Caller } from '../domain/access/caller.ts'
import type { Random } from '../domain/ports.ts'
import type { Db } from '../store/db.ts'
import type { UsageStore } from '../usage/usage-store.ts'

/** What the installation was configured to do, as far as rules depend on it. */
export interface PlatformSettings {
  /** Suffix of initial domains, `onmicrosoft.com`. */
  readonly domainSuffix: string
  /** MAU-11: links and tenants from this instant on are metered by active users. */
  readonly mauEffectiveFrom: Date
  /** How long a month stays open for late usage after its end (INV-4, DEC-8). */
  readonly graceHours: number
  readonly isSandbox: boolean
  /** DEC-14: identity links are exempt from deny policies. */
  readonly exemptIdentityLinksFromPolicy: boolean
  readonly baseUrl: string
}

/**
 * What one request runs in. A write is one transaction: what an operation stores, its audit record and the answer
 * that a repeated POST gets are committed together or not at all.
 */
export interface OperationContext {
  readonly db: Db
  /** The caller; operations that anonymous callers may use read `caller` from the request instead. */
  readonly caller: Caller
  /** The business instant of this request, read once. */
  readonly now: Date
  readonly correlationId: string
  readonly random: Random
  readonly usage: UsageStore
  readonly settings: PlatformSettings
}
