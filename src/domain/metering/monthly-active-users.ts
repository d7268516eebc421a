import { type BillingPeriod, isInPeriod, usageDayOf } from '../rating/billing-period.ts'
import { Decimal, decimalText } from '../rating/decimal.ts'
import { compareTexts } from '../rating/line-key.ts'
import { compareConsumption, type QuantityRecord } from '../rating/quantity-record.ts'
import type { EventOutcome } from './exclusion.ts'
import { type LinkPeriod, findLinkPeriodAt } from './link-period.ts'
import { type IdentityMeter, meters } from './meter.ts'

/** An authentication that counts (`decideAuthenticationMetering`), of one user of one identity tenant. */
export interface Authentication {
  readonly eventId: string
  readonly usageAt: Date
  readonly reportedAt: Date
}
export interface UserAuthentication extends Authentication {
  readonly userId: string
}

/** One unit of a meter, with the two times that decide who pays: the link's by usage, the payer's by report. */
export interface MeteredUnit {
  readonly meter: IdentityMeter
  readonly linkId: string
  readonly subscriptionId: string
  readonly usageAt: Date
  /** The payer of the subscription at this instant pays (OWN-9, DEC-34). */
  readonly payerAt: Date
}

export interface UserMonth {
  readonly kind: 'unbilled' | 'perAuthentication' | 'mau'
  readonly units: readonly MeteredUnit[]
  readonly outcomes: ReadonlyMap<string, EventOutcome>
}

/**
 * What one user's authentications of one month come to, from the set of them alone: neither order nor repetition
 * matters, so a late event can move a user from one model to the other but never charge them under both (MAU-25, DEC-6).
 */
export function classifyUserMonth(
  period: BillingPeriod,
  events: readonly Authentication[],
  links: readonly LinkPeriod[],
): UserMonth {
  const held = distinct(period, events).map((event) => ({ event, link: findLinkPeriodAt(links, event.usageAt) }))
  const perAuthentication = held.filter(({ link }) => link?.model === 'perAuthentication')
  const underMau = held.filter(({ link }) => link?.model === 'mau')
  const outcomes = new Map<string, EventOutcome>()
  for (const { event, link } of held) if (!link) outcomes.set(event.eventId, excluded('unlinked'))

  if (perAuthentication.length > 0) {
    for (const { event } of perAuthentication) outcomes.set(event.eventId, rated(meters.authentications))
    for (const { event } of underMau) outcomes.set(event.eventId, excluded('paidPerAuthenticationThisMonth'))
    const units = perAuthentication.flatMap(({ event, link }) =>
      link ? [unitOf(meters.authentications, link, event.usageAt, event.reportedAt)] : [],
    )
    return { kind: 'perAuthentication', units, outcomes }
  }

  const [first, ...others] = underMau
  if (!first?.link) return { kind: 'unbilled', units: [], outcomes }
  outcomes.set(first.event.eventId, rated(meters.monthlyActiveUsers))
  for (const { event } of others) outcomes.set(event.eventId, excluded('alreadyCountedThisMonth'))
  // The link is that of the first use (DEC-9), the payer that of the first report of a use of it: a first use that is
  // told late, after a transfer, must not be charged to the new payer when the old one has the user already (DEC-34).
  const { link } = first
  const ofLink = underMau.filter(
    (other) => other.link?.linkId === link.linkId && other.link.subscriptionId === link.subscriptionId,
  )
  const payerAt = new Date(Math.min(...ofLink.map(({ event }) => event.reportedAt.getTime())))
  return { kind: 'mau', units: [unitOf(meters.monthlyActiveUsers, link, first.event.usageAt, payerAt)], outcomes }
}

export interface TenantMonth {
  readonly units: readonly MeteredUnit[]
  readonly outcomes: ReadonlyMap<string, EventOutcome>
  /** Users charged per authentication and users counted: never the same ones (MAU-25). */
  readonly paidPerAuthentication: ReadonlySet<string>
  readonly monthlyActive: ReadonlySet<string>
}

/** A month of a whole identity tenant. A user is (tenant, user id): a person in two tenants counts in both (MAU-17, DEC-17). */
export function classifyTenantMonth(
  period: BillingPeriod,
  events: readonly UserAuthentication[],
  links: readonly LinkPeriod[],
  options: { readonly hasLocalResidency?: boolean } = {},
): TenantMonth {
  const units: MeteredUnit[] = []
  const outcomes = new Map<string, EventOutcome>()
  const users = { unbilled: new Set<string>(), perAuthentication: new Set<string>(), mau: new Set<string>() }
  for (const [userId, ofUser] of Map.groupBy(events, (event) => event.userId)) {
    const month = classifyUserMonth(period, ofUser, links)
    users[month.kind].add(userId)
    units.push(...month.units)
    if (options.hasLocalResidency && month.kind === 'mau') {
      units.push(...month.units.map((unit) => ({ ...unit, meter: meters.localResidency })))
    }
    for (const [eventId, outcome] of month.outcomes) outcomes.set(eventId, outcome)
  }
  return { units, outcomes, paidPerAuthentication: users.perAuthentication, monthlyActive: users.mau }
}

/** Units summed per link, meter and day, as rating wants them; the caller adds the section or customer that pays. */
export function quantitiesPerDay(identityTenantId: string, units: readonly MeteredUnit[]): readonly QuantityRecord[] {
  const groups = Map.groupBy(units, (unit) =>
    JSON.stringify([unit.subscriptionId, unit.linkId, unit.meter.meterId, usageDayOf(unit.usageAt)]),
  )
  return [...groups.values()]
    .map((group): QuantityRecord => {
      const { subscriptionId, linkId, meter, usageAt } = group[0]!
      return {
        lineKind: meter.lineKind,
        subscriptionId,
        meterId: meter.meterId,
        usageDay: usageDayOf(usageAt),
        quantity: decimalText(new Decimal(group.length.toString())),
        resourceId: linkId,
        identityTenantId,
      }
    })
    .toSorted(compareConsumption)
}

/** A second factor costs per attempt, whichever model holds, as long as the tenant is linked (MAU-19, MAU-20). */
export function decideSecondFactorOutcome(usageAt: Date, links: readonly LinkPeriod[]): EventOutcome {
  return findLinkPeriodAt(links, usageAt) ? rated(meters.secondFactorAttempts) : excluded('unlinked')
}

function distinct(period: BillingPeriod, events: readonly Authentication[]): readonly Authentication[] {
  const byId = new Map<string, Authentication>()
  for (const event of events) {
    if (!isInPeriod(period, event.usageAt)) {
      throw new RangeError(`Event ${event.eventId} of ${event.usageAt.toISOString()} is not of ${period}`)
    }
    const known = byId.get(event.eventId)
    if (!known || event.reportedAt < known.reportedAt) byId.set(event.eventId, event)
  }
  return [...byId.values()].toSorted(
    (a, b) => a.usageAt.getTime() - b.usageAt.getTime() || compareTexts(a.eventId, b.eventId),
  )
}

function unitOf(meter: IdentityMeter, link: LinkPeriod, usageAt: Date, payerAt: Date): MeteredUnit {
  return { meter, linkId: link.linkId, subscriptionId: link.subscriptionId, usageAt, payerAt }
}

function rated(meter: IdentityMeter): EventOutcome {
  return { kind: 'rated', meterId: meter.meterId }
}

function excluded(reason: 'unlinked' | 'paidPerAuthenticationThisMonth' | 'alreadyCountedThisMonth'): EventOutcome {
  return { kind: 'excluded', reason }
}
