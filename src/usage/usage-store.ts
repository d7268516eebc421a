import type { CompiledQuery, QueryResult } from 'kysely'
import type { UsageEvent } from '../domain/metering/usage-event.ts'

/** Who sends events: the tenant of the token is part of an event's identity, so nobody can take another's ids. */
export interface Reporter {
  readonly tenantId: string
  readonly principalId: string
}

/** What became of one event. `conflict`: the id is known with other content, and the first content is kept. */
export type ItemOutcome =
  | { readonly status: 'accepted' | 'duplicate' }
  | { readonly status: 'conflict' | 'rejected'; readonly code: string; readonly message: string }

/** An open transaction of the caller's, as kysely hands it out. */
export interface OpenTransaction {
  executeQuery<R>(query: CompiledQuery<R>): Promise<QueryResult<R>>
}

export interface LinkMonth {
  readonly linkId: string
  readonly subscriptionId: string
  readonly authentications: bigint
  /** Users charged per authentication in this month, counted where their first charged authentication was. */
  readonly paidUsers: bigint
  readonly monthlyActiveUsers: bigint
}

/** A month of an identity tenant: no user is both paid per authentication and counted as active (MAU-25). */
export interface MonthlyActiveUsers {
  readonly identityTenantId: string
  readonly period: string
  readonly authentications: bigint
  readonly paidUsers: bigint
  readonly monthlyActiveUsers: bigint
  readonly links: readonly LinkMonth[]
}

/** What one payer owes for: one day, one meter, one link or resource. Unpriced, exact, signed only through corrections. */
export interface QuantityRow {
  /** Null together with the profile: nobody paid for the subscription when this was reported. */
  readonly placementId: bigint | null
  readonly billingProfileName: string | null
  readonly invoiceSectionName: string | null
  readonly customerName: string | null
  readonly subscriptionId: string
  readonly meterId: string
  /** The link of an identity tenant; of a resource's usage its uid. */
  readonly groupingKey: string
  /** `YYYY-MM-DD`, UTC. Of a monthly active user: the day of the first counted authentication (DEC-18). */
  readonly usageDay: string
  /** Plain decimal without trailing zeros. */
  readonly quantity: string
  readonly eventCount: bigint
}

export interface QuantityQuery {
  /** Months `YYYY-MM` of the usage; absent: all. */
  readonly periods?: readonly string[]
  readonly billingProfileName?: string
  readonly subscriptionIds?: readonly string[]
  readonly groupingKeys?: readonly string[]
  /** Reads what this transaction sees, which under the lock of `cutoff` stands still. */
  readonly tx?: OpenTransaction
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Give it back as `after` for the next page; absent on the last. */
  readonly next?: string
}
export interface PageQuery {
  readonly after?: string
  readonly limit: number
}

/** How an event ended: `counted` is on a bill, the others say why not. */
export interface Disposition {
  readonly kind: 'counted' | 'excluded' | 'quarantined'
  /** A key of `exclusionReasons` or `quarantineReasons` of the domain; absent when counted. */
  readonly reason?: string
}

/** One event behind a line, with the way it took (INV-2, INV-17). */
export interface ExplainedEvent {
  readonly batchId: bigint
  readonly type: UsageEvent['type']
  readonly reporterTenantId: string
  readonly source: string
  readonly id: string
  readonly subject: string
  readonly usageAt: Date
  readonly usageEndAt: Date | null
  readonly reportedAt: Date
  readonly identityTenantId: string | null
  /** Kind of sign-in or of second factor; null for the usage of a resource. */
  readonly kind: string | null
  readonly userType: string | null
  readonly outcome: string | null
  readonly location: string | null
  readonly tags: Readonly<Record<string, string>>
  readonly meterId: string | null
  /** What the event adds to its line: 1 for a counted authentication or user, 0 for an excluded one. */
  readonly quantity: string
  readonly disposition: Disposition
  readonly route: {
    readonly linkId: string | null
    readonly subscriptionId: string | null
    readonly model: 'perAuthentication' | 'mau' | null
    readonly placementId: bigint | null
    readonly groupingKey: string | null
  }
}

export interface ExplainQuery extends PageQuery {
  /** Month `YYYY-MM` of the usage. */
  readonly usagePeriod: string
  readonly subscriptionId: string
  readonly meterId: string
  readonly groupingKey?: string
  readonly billingProfileName?: string
  readonly placementIds?: readonly bigint[]
  /** Batches in (afterBatch, uptoBatch], as an invoice and its predecessor were cut off. */
  readonly afterBatch?: bigint
  readonly uptoBatch?: bigint
}

export interface ReportedUsageQuery extends PageQuery {
  readonly identityTenantId?: string
  readonly subscriptionId?: string
  /** Half-open, by usage time. */
  readonly from: Date
  readonly to: Date
}

/** Usage that is recorded and on nobody's bill (MAU-20, DEC-10), or waits for a person (DEC-8). */
export interface SetAsideRow {
  readonly kind: 'excluded' | 'quarantined'
  readonly reason: string
  readonly identityTenantId: string | null
  readonly subscriptionId: string | null
  readonly meterId: string
  readonly usageDay: string
  readonly quantity: string
  readonly eventCount: bigint
}

export interface SetAsideQuery extends PageQuery {
  readonly reasons?: readonly string[]
  readonly identityTenantIds?: readonly string[]
  readonly subscriptionIds?: readonly string[]
  readonly periods?: readonly string[]
}

/** An id that came again with other content. The first is on the bill; this is what was refused (DEC-27). */
export interface ConflictRow {
  readonly conflictId: bigint
  readonly reportedAt: Date
  readonly reporterTenantId: string
  readonly reporterPrincipalId: string
  readonly source: string
  readonly id: string
  readonly keptHash: string
  readonly rejectedHash: string
  readonly rejected: unknown
}

export interface ConflictQuery extends PageQuery {
  readonly reporterTenantId?: string
  readonly identityTenantId?: string
  readonly subscriptionId?: string
}

export interface Cutoff {
  readonly batchId: bigint
  /** When the last of it was reported; null when nothing was. */
  readonly reportedUntil: Date | null
}

/**
 * Every event once, with the sums and the active users that invoices need in the commit that stores it.
 *
 * Which link, subscription and model an event belongs to is decided by its usage time; who pays is decided by its
 * reported time, which is taken under a lock that every change of those facts takes exclusively (`changeAttribution`).
 */
export interface UsageStore {
  /** Durable when it resolves; one outcome per event, in order. Refused with `ServerBusy` when too much waits already. */
  append(reporter: Reporter, events: readonly UsageEvent[]): Promise<readonly ItemOutcome[]>
  /** The same in the caller's transaction, for Tenantry's own sign-ins (MAU-34): meant for few events. */
  appendWithin(tx: OpenTransaction, reporter: Reporter, events: readonly UsageEvent[]): Promise<readonly ItemOutcome[]>

  monthlyActiveUsers(identityTenantId: string, period: string): Promise<MonthlyActiveUsers>
  /** Ordered by placement, subscription, meter, grouping key and day; rows of quantity and count 0 are left out. */
  quantities(query: QuantityQuery): AsyncIterable<QuantityRow>
  explain(query: ExplainQuery): Promise<Page<ExplainedEvent>>
  reportedUsage(query: ReportedUsageQuery): Promise<Page<ExplainedEvent>>
  /** What is on no bill, summed by day; what has one of `unbilledReasons` is shown as unbilled. */
  setAside(query: SetAsideQuery): Promise<Page<SetAsideRow>>
  quarantined(query: PageQuery): Promise<Page<ExplainedEvent>>
  conflicts(query: ConflictQuery): Promise<Page<ConflictRow>>

  /** Ends the taking in until the transaction does: every batch up to `batchId` is committed, no later one is. */
  cutoff(tx: OpenTransaction): Promise<Cutoff>
  /**
   * Classifies the tenant's events from `from` on again by the facts as the transaction sees them; called after
   * `changeAttribution`. What was unlinked before `from` stays unlinked: nobody is billed backwards (DEC-10).
   */
  reattribute(tx: OpenTransaction, identityTenantId: string, from: Date): Promise<void>
  /** The same for what was told of a subscription's resources, and of the subscription itself. */
  reattributeResources(tx: OpenTransaction, subscriptionId: string, from: Date): Promise<void>
}
