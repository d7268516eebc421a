import type { Caller } from '../domain/access/caller.ts'
import type { InvoiceDocument, InvoiceLanguage } from '../domain/billing/invoice-document.ts'
import type { OutsideIssuers, Random, TextRecords, WallClock } from '../domain/ports.ts'
import type { Db } from '../store/db.ts'
import type { UsageStore } from '../usage/usage-store.ts'
import type { SealingKey } from './seal-secret.ts'

/** What the installation was configured to do, as far as rules depend on it. */
export interface PlatformSettings {
  /** Suffix of initial domains, `onmicrosoft.com`. */
  readonly domainSuffix: string
  /** MAU-11: links and tenants from this instant on are metered by active users. */
  readonly mauEffectiveFrom: Date
  /** How long a month stays open for late usage after its end (INV-4, DEC-8). */
  readonly graceHours: number
  /** How long a request for billing ownership waits for its recipient (OWN-7, DEC-16). */
  readonly transferExpiryDays: number
  /** BIL-23: how many days after an invoice became overdue the subscriptions of its payer are disabled. */
  readonly overdueDisableDays: number
  readonly isSandbox: boolean
  /** DEC-14: identity links are exempt from deny policies. */
  readonly exemptIdentityLinksFromPolicy: boolean
  /** BIL-17: whose tables of billing roles hold. */
  readonly billingRolesEdition: '2021' | '2026'
  readonly baseUrl: string
}

export interface IssuedToken {
  readonly accessToken: string
  readonly expiresInSeconds: number
}

/** What stays the same from request to request. */
export interface OperationEnvironment {
  readonly random: Random
  /** For what lives by real time: tokens, sessions, codes, limits. Business time is `now` of the context. */
  readonly wallClock: WallClock
  readonly usage: UsageStore
  readonly settings: PlatformSettings
  /** Seals what must be sent and may not be read from the database. */
  readonly sealingKey: SealingKey
  /** Signs an access token of this installation; lifetimes run on the wall clock. */
  issueToken(claims: {
    tenantId: string
    objectId: string
    appId: string
    audience: string
    isApplication: boolean
    userName?: string
    displayName?: string
    authenticatedAt?: Date
    isGuest?: boolean
    homeTenantId?: string
  }): Promise<IssuedToken>
  /** A statement of the installation as a compact JWS of a type of its own, which is no token to anybody. */
  signStatement(type: string, claims: Readonly<Record<string, unknown>>): Promise<string>
  /** Signs for an application who has signed in to it; our own APIs take no such token. */
  issueIdToken(claims: {
    tenantId: string
    objectId: string
    appId: string
    subject: string
    userName: string
    displayName: string
    mail: string | undefined
    authenticatedAt: Date
    isGuest: boolean
    homeTenantId: string
    nonce: string | undefined
  }): Promise<string>
  /** Draws an issued document; the same document gives the same bytes. */
  renderDocument(document: InvoiceDocument, kind: 'pdf' | 'csv', language: InvoiceLanguage): Promise<Uint8Array>
  /** Speaks to the providers that tenants sign in with; never inside a transaction. */
  readonly outsideIssuers: OutsideIssuers
  /** What the domain name system says of a name; answered within seconds. */
  findTextRecords(name: string): Promise<TextRecords>
}

/**
 * What one request runs in. A write is one transaction: what an operation stores, its audit record and the answer
 * that a repeated POST gets are committed together or not at all.
 */
export interface OperationContext extends OperationEnvironment {
  readonly db: Db
  /** Nobody (`anonymousCaller`) where the operation may be called without a token. */
  readonly caller: Caller
  /** The business instant of this request, read once. */
  readonly now: Date
  readonly correlationId: string
}

/** Nobody: what operations that anonymous callers may use run as. It holds no role anywhere. */
export const anonymousCaller: Caller = {
  tenantId: '',
  objectId: '',
  kind: 'servicePrincipal',
  appId: '',
  name: 'anonymous',
  isOperator: false,
}
