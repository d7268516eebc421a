/**
 * What the rules say a list of facts comes to, as plainly as they can be written down. It is the oracle of the
 * simulation, so it shares no code with the product and is never made faster. Times are milliseconds; `step` is the
 * place of something in the order in which things were done.
 */
export type Meter = 'authentications' | 'monthly-active-users' | 'second-factor-attempts' | 'compute'

export interface LinkFact {
  tenant: string
  link: string
  subscription: string
  from: number
  to: number
  /** From when on active users are counted; Infinity: never. */
  mauFrom: number
  /** When the link became known here; later than `from` only for an imported one. */
  known: { at: number; step: number }
}
export interface PayerFact {
  subscription: string
  payer: string
  section: string
  from: number
  to: number
}
export interface PriceFact {
  payer: string
  version: number
  /** Of the first usage day it holds for. */
  from: number
  /** Per unit, in millionths. */
  micros: Record<Meter, number>
  /** Monthly active users that cost nothing, for each subscription and month. */
  free: number
}
export interface EventFact {
  id: string
  tenant: string
  user: string
  meter: 'authentication' | 'secondFactor' | 'compute'
  kind: string
  /** Of usage of a subscription: which one, and how much in thousandths. */
  subscription?: string
  milli?: number
  outcome?: 'success' | 'failure'
  userType?: string
  time: number
  reported: { at: number; step: number }
}
export interface Facts {
  links: LinkFact[]
  payers: PayerFact[]
  prices: PriceFact[]
  /** Each once, with its first report. */
  events: EventFact[]
}

const dayMs = 86_400_000
const dayOf = (time: number) => Math.floor(time / dayMs) * dayMs
export const monthOf = (time: number) => new Date(time).toISOString().slice(0, 7)

const linkOf = (facts: Facts, event: EventFact) =>
  facts.links.find(
    (link) =>
      link.tenant === event.tenant &&
      link.from <= event.time &&
      event.time < link.to &&
      (event.reported.step > link.known.step || event.time >= link.known.at),
  )
const payerOf = (facts: Facts, subscription: string, at: number) =>
  facts.payers.find((fact) => fact.subscription === subscription && fact.from <= at && at < fact.to)

/** Why an event alone is on no bill; undefined when it may be. */
function exclusionOf(facts: Facts, event: EventFact): string | undefined {
  if (event.reported.at - event.time > 90 * dayMs) return 'tooLate'
  if (event.meter === 'compute') return undefined
  if (event.userType === 'ServicePrincipal' || event.kind === 'servicePrincipalSignIn') return 'servicePrincipal'
  if (event.kind === 'accountCreation') return 'notTokenIssuing'
  if (event.meter === 'authentication' && event.outcome === 'failure') return 'failedAttempt'
  return linkOf(facts, event) ? undefined : 'unlinked'
}

export interface Unit {
  payer: string
  section: string
  subscription: string
  tenant: string
  link: string
  meter: Meter
  time: number
  /** Of usage in thousandths; an authentication or a user is 1000. */
  milli: number
}
export interface Metered {
  units: Unit[]
  /** Events on no bill, by reason. */
  excluded: Map<string, number>
}

/** Everything that was reported before a step. */
export function meter(facts: Facts, beforeStep: number): Metered {
  const units: Unit[] = []
  const excluded = new Map<string, number>()
  const exclude = (reason: string) => excluded.set(reason, (excluded.get(reason) ?? 0) + 1)
  const charge = (of: Meter, event: EventFact, payerAt: number) => {
    const place = of === 'compute' ? { link: '', subscription: event.subscription!, tenant: '' } : linkOf(facts, event)!
    const { link, subscription, tenant } = place
    const { payer, section } = payerOf(facts, subscription, payerAt) ?? { payer: '', section: '' }
    const milli = of === 'compute' ? event.milli! : 1000
    units.push({ payer, section, subscription, tenant, link, meter: of, time: event.time, milli })
  }
  const users = new Map<string, EventFact[]>()
  for (const event of facts.events) {
    if (event.reported.step >= beforeStep) continue
    const reason = exclusionOf(facts, event)
    if (reason) exclude(reason)
    else if (event.meter === 'compute') charge('compute', event, event.reported.at)
    else if (event.meter === 'secondFactor') charge('second-factor-attempts', event, event.reported.at)
    else {
      const user = `${event.tenant} ${monthOf(event.time)} ${event.user}`
      users.set(user, [...(users.get(user) ?? []), event])
    }
  }
  for (const events of users.values()) {
    const isOld = (event: EventFact) => event.time < linkOf(facts, event)!.mauFrom
    const paid = events.filter(isOld)
    const active = events.filter((event) => !isOld(event)).sort((a, b) => a.time - b.time)
    for (const event of paid) charge('authentications', event, event.reported.at)
    if (paid.length > 0) for (const _ of active) exclude('paidPerAuthenticationThisMonth')
    else {
      const [first, ...others] = active
      for (const _ of others) exclude('alreadyCountedThisMonth')
      const place = (event: EventFact) => `${linkOf(facts, event)!.link} ${linkOf(facts, event)!.subscription}`
      const same = active.filter((event) => place(event) === place(first!))
      const told = same.reduce((a, b) => (a.reported.step <= b.reported.step ? a : b))
      charge('monthly-active-users', first!, told.reported.at)
    }
  }
  return { units, excluded }
}

export interface Line {
  /** In thousandths. */
  quantity: number
  /** In hundredths of the currency. */
  cents: number
}

/** Half away from zero. */
const cents = (milli: number, micros: number) =>
  Math.sign(milli) * Math.floor((Math.abs(milli * micros) + 5_000_000) / 10_000_000)

/** What each line of a payer comes to, of months up to one, for what was reported before a step. */
function linesOf(facts: Facts, payer: string, upToMonth: string, beforeStep: number): Map<string, Line> {
  const groups = new Map<string, { units: Unit[]; price: PriceFact }>()
  const left = new Map<string, number>()
  const prices = facts.prices.filter((fact) => fact.payer === payer).sort((a, b) => b.from - a.from)
  const units = meter(facts, beforeStep).units.sort((a, b) => dayOf(a.time) - dayOf(b.time))
  for (const unit of units) {
    if (unit.payer !== payer || monthOf(unit.time) > upToMonth) continue
    const price = prices.find((fact) => fact.from <= dayOf(unit.time))!
    const pool = `${monthOf(unit.time)} ${unit.subscription}`
    const key = [
      monthOf(unit.time),
      unit.section,
      unit.subscription,
      unit.tenant,
      unit.link,
      unit.meter,
      price.version,
    ].join('|')
    const group = groups.get(key) ?? { units: [], price }
    groups.set(key, group)
    const free = unit.meter === 'monthly-active-users' ? (left.get(pool) ?? price.free) : 0
    if (free > 0) left.set(pool, free - 1)
    group.units.push(free > 0 ? { ...unit, meter: `free ${unit.meter}` as Meter } : unit)
  }
  const sum = (of: Unit[]) => of.reduce((total, unit) => total + unit.milli, 0)
  return new Map(
    [...groups].map(([key, { units: of, price }]) => {
      const charged = of.filter((unit) => !unit.meter.startsWith('free'))
      return [key, { quantity: sum(of), cents: cents(sum(charged), price.micros[key.split('|')[5] as Meter]) }]
    }),
  )
}

/** The invoice of one close is what everything known then comes to, less what the earlier ones said (DEC-7). */
export function invoiceOf(
  facts: Facts,
  payer: string,
  closes: readonly { month: string; step: number }[],
  index: number,
): Map<string, Line> {
  const close = closes[index]!
  const earlier = closes[index - 1]
  const now = linesOf(facts, payer, close.month, close.step)
  const before = earlier ? linesOf(facts, payer, earlier.month, earlier.step) : new Map<string, Line>()
  const difference = new Map<string, Line>()
  for (const key of new Set([...now.keys(), ...before.keys()])) {
    const a = now.get(key) ?? { quantity: 0, cents: 0 }
    const b = before.get(key) ?? { quantity: 0, cents: 0 }
    if (a.quantity !== b.quantity || a.cents !== b.cents)
      difference.set(key, { quantity: a.quantity - b.quantity, cents: a.cents - b.cents })
  }
  return difference
}
