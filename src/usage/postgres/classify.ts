import { type AuthenticationMetering, decideAuthenticationMetering } from '../../domain/metering/authentication.ts'
import { defaultLateDays } from '../../domain/metering/exclusion.ts'
import { meters } from '../../domain/metering/meter.ts'
import type { ItemRefusal, ResourceUsageEvent, SignInEvent, UsageEvent } from '../../domain/metering/usage-event.ts'
import type { Reporter } from '../usage-store.ts'
import {
  type AttributionFacts,
  findLinkAt,
  findResourceAt,
  type LinkFacts,
  type TenantFacts,
} from './attribution-facts.ts'
import type { Dimensions, Origin, Route } from './dimension.ts'

const dayMs = 86_400_000
const lateMs = defaultLateDays * dayMs
export const futureMs = 5 * 60_000

export interface Classified {
  readonly origin: Origin
  readonly route: Route
}

/** What one kind of event of one sender comes to, before its time is asked. */
interface SignInMemo {
  readonly reporter: Reporter
  readonly source: string
  readonly type: SignInEvent['type']
  readonly kind: SignInEvent['kind']
  readonly userType: SignInEvent['userType']
  readonly outcome: SignInEvent['outcome']
  readonly metering: AuthenticationMetering
  readonly origin: Origin
  /** The last answer and what it was for: runs of events of one tenant nearly always have the same. */
  link: LinkFacts | undefined
  reportedAtMs: number
  placementId: string | null
  last: Classified | undefined
}

const memosMax = 16

/** Where events go, by the facts of their usage time and the payers of one reported time (DESIGN: attribution). */
export class Classifier {
  private readonly facts: AttributionFacts
  private readonly dimensions: Dimensions
  /** They go with the facts that they were made of. */
  private readonly memos = new WeakMap<TenantFacts, SignInMemo[]>()

  constructor(facts: AttributionFacts, dimensions: Dimensions) {
    this.facts = facts
    this.dimensions = dimensions
  }

  classify(reporter: Reporter, event: UsageEvent, reportedAtMs: number): Classified | ItemRefusal {
    const latestMs = event.type === 'usage' ? Math.max(event.usageAtMs, event.occurredAtMs) : event.usageAtMs
    if (latestMs > reportedAtMs + futureMs) return fromTheFuture(latestMs, reportedAtMs)
    return event.type === 'usage'
      ? this.classifyUsage(reporter, event, reportedAtMs)
      : this.classifySignIn(reporter, event, reportedAtMs)
  }

  private classifySignIn(reporter: Reporter, event: SignInEvent, reportedAtMs: number): Classified | ItemRefusal {
    const tenant = this.facts.tenant(event.identityTenantId)
    if (!tenant) {
      return {
        code: 'TenantNotFound',
        message: `The tenant ${event.identityTenantId} of data.tenantId does not exist.`,
      }
    }
    const memo = this.memoOf(tenant, reporter, event)
    const link = findLinkAt(tenant, event.usageAtMs)
    const isLate = reportedAtMs - event.usageAtMs > lateMs
    if (memo.last && memo.link === link && !isLate && this.isPlacedAsBefore(memo, reportedAtMs)) return memo.last
    const route = this.routeOfSignIn(tenant, memo.metering, event.type, link, reportedAtMs, isLate)
    const classified = { origin: memo.origin, route }
    if (!isLate) {
      memo.link = link
      memo.reportedAtMs = reportedAtMs
      memo.placementId = this.placementOf(link, reportedAtMs)
      memo.last = classified
    }
    return classified
  }

  private isPlacedAsBefore(memo: SignInMemo, reportedAtMs: number): boolean {
    if (memo.reportedAtMs === reportedAtMs) return true
    if (memo.placementId !== this.placementOf(memo.link, reportedAtMs)) return false
    memo.reportedAtMs = reportedAtMs
    return true
  }

  private placementOf(link: LinkFacts | undefined, reportedAtMs: number): string | null {
    return link ? this.facts.placementAt(link.subscriptionId, reportedAtMs) : null
  }

  private memoOf(tenant: TenantFacts, reporter: Reporter, event: SignInEvent): SignInMemo {
    let memos = this.memos.get(tenant)
    if (!memos) this.memos.set(tenant, (memos = []))
    for (const memo of memos) {
      if (
        memo.kind === event.kind &&
        memo.type === event.type &&
        memo.userType === event.userType &&
        memo.outcome === event.outcome &&
        memo.reporter.principalId === reporter.principalId &&
        memo.reporter.tenantId === reporter.tenantId &&
        memo.source === event.source
      ) {
        return memo
      }
    }
    const { source, type, kind, userType, outcome } = event
    const memo: SignInMemo = {
      reporter,
      source,
      type,
      kind,
      userType,
      outcome,
      metering: decideAuthenticationMetering(
        { event: type, kind, userType, outcome } as Parameters<typeof decideAuthenticationMetering>[0],
        tenant,
      ),
      origin: this.dimensions.origin(reporter, event, null),
      link: undefined,
      reportedAtMs: 0,
      placementId: null,
      last: undefined,
    }
    if (memos.length >= memosMax) memos.shift()
    memos.push(memo)
    return memo
  }

  routeOfSignIn(
    tenant: TenantFacts,
    metering: AuthenticationMetering,
    type: SignInEvent['type'],
    link: LinkFacts | undefined,
    reportedAtMs: number,
    isLate: boolean,
  ): Route {
    const meterId =
      type === 'secondFactor'
        ? meters.secondFactorAttempts.meterId
        : link?.model === 'mau'
          ? meters.monthlyActiveUsers.meterId
          : meters.authentications.meterId
    const set = (kind: 'counted' | 'excluded' | 'quarantined', reason: Route['reason']) =>
      this.dimensions.route({
        kind,
        reason,
        identityTenantId: tenant.tenantId,
        model: link?.model ?? null,
        linkId: link?.linkId ?? null,
        subscriptionId: link?.subscriptionId ?? null,
        placementId: kind === 'counted' ? this.placementOf(link, reportedAtMs) : null,
        meterId,
        groupingKey: link?.linkId ?? null,
      })
    if (isLate) return set('quarantined', 'tooLate')
    if (metering.kind === 'excluded') return set('excluded', metering.reason)
    if (!link) return set('excluded', 'unlinked')
    return link.isCancelled ? set('excluded', 'subscriptionCancelled') : set('counted', null)
  }

  private classifyUsage(reporter: Reporter, event: ResourceUsageEvent, reportedAtMs: number): Classified | ItemRefusal {
    const places = this.facts.resource(resourceKey(event.subject)) ?? []
    const resource = findResourceAt(places, event.usageAtMs)
    if (!resource) {
      return {
        code: 'ResourceNotFound',
        message: `The resource ${event.subject} does not exist. Create it first, or send the id of its subscription as subject.`,
      }
    }
    const isLate = reportedAtMs - event.usageAtMs > lateMs
    return {
      origin: this.dimensions.origin(reporter, event, resource.uid),
      route: this.routeOfUsage(resource, event.meterId, event.usageAtMs, reportedAtMs, isLate),
    }
  }

  routeOfUsage(
    { uid, subscriptionId }: { readonly uid: string; readonly subscriptionId: string },
    meterId: string,
    usageAtMs: number,
    reportedAtMs: number,
    isLate: boolean,
  ): Route {
    const set = (kind: 'counted' | 'excluded' | 'quarantined', reason: Route['reason']) =>
      this.dimensions.route({
        kind,
        reason,
        identityTenantId: null,
        model: null,
        linkId: null,
        subscriptionId,
        placementId: kind === 'counted' ? this.facts.placementAt(subscriptionId, reportedAtMs) : null,
        meterId,
        groupingKey: uid,
      })
    if (isLate) return set('quarantined', 'tooLate')
    return this.facts.isCancelledAt(subscriptionId, usageAtMs)
      ? set('excluded', 'subscriptionCancelled')
      : set('counted', null)
  }
}

/** Resources are found without regard to case, and to slashes in excess. */
export function resourceKey(subject: string): string {
  return subject.toLowerCase().replace(/\/+/g, '/').replace(/\/$/, '')
}

function fromTheFuture(atMs: number, reportedAtMs: number): ItemRefusal {
  return {
    code: 'EventFromTheFuture',
    message:
      `The time ${new Date(atMs).toISOString()} is more than 5 minutes after ${new Date(reportedAtMs).toISOString()}, ` +
      'the time here. Correct the clock of the sender, and send the event again.',
  }
}
