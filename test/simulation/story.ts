import type { EventFact, Facts, LinkFact, PriceFact } from './naive-model.ts'
import { type Chance, chanceOf } from './seeded.ts'

/** What is done at an instant; the order within an instant is the order of the story. */
export type Step = { at: number } & (
  | { do: 'link'; tenant: string; subscription: string }
  | { do: 'import'; tenant: string; subscription: string; linkedAt: number; mauSince: number | undefined }
  | { do: 'upgrade' | 'unlink'; tenant: string; subscription: string }
  | { do: 'move'; tenant: string; from: string; to: string }
  | { do: 'pay'; subscription: string; payer: string; section: string }
  /** By the reporter of a tenant, or of a subscription. */
  | { do: 'deliver'; by: string; items: Delivered[]; batches: number }
  | { do: 'close'; month: string }
)
export type DeliverStep = Extract<Step, { do: 'deliver' }>

export interface Delivered {
  event: Omit<EventFact, 'reported'>
  expect: 'accepted' | 'duplicate' | 'conflict' | 'rejected'
}

export interface Story {
  seed: number
  tenants: string[]
  subscriptions: string[]
  /** Each payer has the sections named here. */
  payers: Record<string, string[]>
  /** Which section pays for a subscription from its beginning. */
  firstPayer: Record<string, { payer: string; section: string }>
  prices: PriceFact[]
  steps: Step[]
  facts: Facts
}

const minute = 60_000
const day = 86_400_000
const at = (text: string) => Date.parse(text)
export const storyBegins = at('2019-09-20T00:00:00Z')
const eventsBegin = at('2019-10-01T00:00:00Z')
const eventsEnd = at('2020-01-31T23:59:59.999Z')
const mauEra = at('2019-11-01T00:00:00Z')
const monthStarts = ['2019-11', '2019-12', '2020-01'].map((month) => at(`${month}-01T00:00:00Z`))

/** All stories of one server share these, for an invoice run is of all payers. */
export const closes = ['2019-10', '2019-11', '2019-12', '2020-01', '2020-02'].map((month, index) => ({
  month,
  at: at(
    [
      '2019-11-04T00:00:00Z',
      '2019-12-04T07:30:00.001Z',
      '2020-01-04T12:00:00Z',
      '2020-02-05T00:00:00Z',
      '2020-03-04T00:00:00Z',
    ][index]!,
  ),
}))

interface Linked {
  fact: LinkFact
  subscription: string
}

/** A random life of a few identity tenants; the same seed tells the same story. */
export function tellStory(seed: number): Story {
  const chance = chanceOf(seed)
  const tenants = ['t0', 't1', 't2'].slice(0, chance.between(1, 3))
  const subscriptions = ['s0', 's1', 's2'].slice(0, chance.between(1, 3))
  const payers = { p0: ['main', 'other'], p1: ['main'] }
  const hasFreeTier = chance.happens(0.3)
  const places = [
    { payer: 'p0', section: 'main' },
    { payer: 'p0', section: 'other' },
    { payer: 'p1', section: 'main' },
  ]
  const firstPayer = Object.fromEntries(subscriptions.map((name) => [name, chance.pick(places)]))
  const facts: Facts = {
    links: [],
    payers: subscriptions.map((subscription) => ({
      subscription,
      ...firstPayer[subscription]!,
      from: 0,
      to: Infinity,
    })),
    prices: pricesOf(chance, hasFreeTier),
    events: [],
  }
  const steps: Step[] = closes.map(({ month, at: instant }) => ({ at: instant, do: 'close', month }))
  const linkLives = new Map(tenants.map((tenant) => [tenant, linkLife(chance, tenant, subscriptions, steps, facts)]))
  if (!hasFreeTier) changePayers(chance, subscriptions, places, steps, facts)
  // Stable: what was put at one instant first is done first.
  steps.sort((a, b) => a.at - b.at)
  const interesting = [
    ...monthStarts,
    ...steps.flatMap((step) => (step.do === 'close' || step.do === 'pay' ? [] : [step.at])),
  ]
  for (const tenant of tenants) deliverLife(chance, tenant, [...interesting, ...linkLives.get(tenant)!], steps, seed)
  for (const subscription of subscriptions) deliverLife(chance, subscription, interesting, steps, seed)
  linkSteps(steps, facts)
  return { seed, tenants, subscriptions, payers, firstPayer, prices: facts.prices, steps, facts }
}

function pricesOf(chance: Chance, hasFreeTier: boolean): PriceFact[] {
  return ['p0', 'p1'].flatMap((payer) => {
    const micros = () => ({
      authentications: chance.between(1, 40_000),
      'monthly-active-users': hasFreeTier ? chance.between(1, 9) * 10_000 : chance.between(1, 90_000),
      'second-factor-attempts': chance.between(1, 50_000),
      compute: chance.between(1, 30_000),
    })
    const free = hasFreeTier ? chance.between(1, 4) : 0
    const first = { payer, version: 1, from: 0, micros: micros(), free }
    const from = at(
      `${chance.pick(['2019-11', '2019-12'])}-${String(chance.between(1, 28)).padStart(2, '0')}T00:00:00Z`,
    )
    return hasFreeTier || chance.happens(0.4) ? [first] : [first, { payer, version: 2, from, micros: micros(), free }]
  })
}

/** Instants between two, with a liking for the ones where things change. */
function instantBetween(chance: Chance, from: number, to: number): number {
  const borders = monthStarts.filter((border) => border - 1 >= from && border < to)
  if (borders.length > 0 && chance.happens(0.15)) return chance.pick(borders) - chance.int(2)
  const instant = from + chance.int(to - from)
  return chance.happens(0.3) ? instant - (instant % 1000) : instant
}

/** Links, upgrades, unlinks, moves and imports of one tenant; gives the instants at which something changed. */
function linkLife(chance: Chance, tenant: string, subscriptions: string[], steps: Step[], facts: Facts): number[] {
  const instants: number[] = []
  let now = storyBegins + 1
  let current: Linked | undefined
  let serial = 0
  for (let turns = chance.between(1, 5); turns > 0; turns--) {
    const legacy = current === undefined && serial === 0 && chance.happens(0.6)
    const latest = legacy && chance.happens(0.7) ? mauEra - 1 : eventsEnd
    if (now >= latest) break
    now = legacy && chance.happens(0.1) && now < mauEra - 1 ? mauEra - 1 : instantBetween(chance, now, latest)
    // An instant is never used twice, so that what came first is what was done first.
    if (steps.some((step) => step.at === now)) now += 1
    if (!current) {
      const subscription = chance.pick(subscriptions)
      serial += 1
      const fact: LinkFact = {
        tenant,
        link: `${tenant}-l${serial}`,
        subscription,
        from: now,
        to: Infinity,
        mauFrom: now < mauEra ? Infinity : now,
        known: { at: now, step: -1 },
      }
      if (serial === 1 && now > eventsBegin && chance.happens(0.4)) {
        fact.from = instantBetween(chance, at('2018-01-01T00:00:00Z'), Math.min(now, mauEra))
        const mauSince = now > mauEra + 1 && chance.happens(0.4) ? instantBetween(chance, mauEra, now) : undefined
        fact.mauFrom = mauSince ?? Infinity
        instants.push(...(mauSince ? [mauSince] : []))
        steps.push({ at: now, do: 'import', tenant, subscription, linkedAt: fact.from, mauSince })
      } else steps.push({ at: now, do: 'link', tenant, subscription })
      facts.links.push(fact)
      current = { fact, subscription }
    } else if (current.fact.mauFrom === Infinity && chance.happens(0.7)) {
      for (const fact of facts.links) if (fact.link === current.fact.link) fact.mauFrom = now
      steps.push({ at: now, do: 'upgrade', tenant, subscription: current.subscription })
    } else if (subscriptions.length > 1 && chance.happens(0.4)) {
      const from = current.subscription
      const to = chance.pick(subscriptions.filter((name) => name !== from))
      current.fact.to = now
      const fact: LinkFact = {
        ...current.fact,
        subscription: to,
        from: now,
        to: Infinity,
        known: { at: now, step: -1 },
      }
      facts.links.push(fact)
      steps.push({ at: now, do: 'move', tenant, from, to })
      current = { fact, subscription: to }
    } else {
      current.fact.to = now
      steps.push({ at: now, do: 'unlink', tenant, subscription: current.subscription })
      current = undefined
    }
    instants.push(now)
    now += 1
  }
  return instants
}

function changePayers(
  chance: Chance,
  subscriptions: string[],
  places: { payer: string; section: string }[],
  steps: Step[],
  facts: Facts,
): void {
  for (const subscription of subscriptions) {
    let from = eventsBegin
    for (let changes = chance.int(4); changes > 0; changes--) {
      // By chance never the instant of anything else: what is reported at the very instant stays with the payer before.
      from += 1 + chance.int((eventsEnd - from) / 2)
      const before = facts.payers.find((fact) => fact.subscription === subscription && fact.to === Infinity)!
      const place = places.find(({ payer, section }) => payer === before.payer && section !== before.section)
      if (!place) break
      before.to = from
      facts.payers.push({ subscription, ...place, from, to: Infinity })
      steps.push({ at: from, do: 'pay', subscription, ...place })
    }
  }
}

const kinds = ['interactiveSignIn', 'tokenRefresh', 'silentSignIn', 'signUp', 'passwordReset']

function eventOf(chance: Chance, tenant: string, id: string, time: number): Omit<EventFact, 'reported'> {
  if (tenant.startsWith('s')) {
    const usage = { subscription: tenant, milli: chance.between(1, 90_000) }
    return { id, tenant: '', user: '', meter: 'compute', kind: '', ...usage, time }
  }
  const event = {
    id,
    tenant,
    user: `user-${chance.int(5)}`,
    meter: 'authentication' as const,
    kind: chance.pick(kinds),
    time,
  }
  if (chance.happens(0.06))
    return { ...event, meter: 'secondFactor', kind: 'sms', outcome: chance.pick(['success', 'failure']) }
  if (chance.happens(0.04)) return { ...event, outcome: 'failure' }
  if (chance.happens(0.03)) return { ...event, kind: 'accountCreation' }
  if (chance.happens(0.03)) return { ...event, userType: 'ServicePrincipal' }
  return event
}

/** Events of one tenant or subscription, each delivered once or more, in time or late, alone or with others, and some of them falsely. */
function deliverLife(chance: Chance, by: string, interesting: number[], steps: Step[], seed: number): void {
  const rounds = roundsOf(chance, interesting)
  const deliveries: { round: number; event: Omit<EventFact, 'reported'> }[] = []
  for (let count = chance.between(10, 60), serial = 0; serial < count; serial++) {
    const near = interesting.length > 0 && chance.happens(0.5)
    const border = chance.pick(interesting)
    const time = near ? border + chance.pick([0, -1, 1, 400, -400]) : instantBetween(chance, eventsBegin, eventsEnd)
    if (time < eventsBegin || time > eventsEnd) continue
    const event = eventOf(chance, by, `${seed}-${by}-${serial}`, time)
    // A sender's clock may be ahead by less than five minutes.
    const first = rounds.findIndex((round) => round >= time - (chance.happens(0.2) ? 4 * minute : 0))
    if (first < 0) continue
    const tooEarly = rounds.findLastIndex((round) => round < time - 5 * minute)
    if (tooEarly >= 0 && chance.happens(0.03)) deliveries.push({ round: rounds[tooEarly]!, event })
    const delay = chance.happens(0.75) ? 0 : chance.happens(0.6) ? chance.int(6) : chance.int(rounds.length - first)
    const told = Math.min(first + delay, rounds.length - 1)
    deliveries.push({ round: rounds[told]!, event })
    while (chance.happens(0.35)) deliveries.push({ round: rounds[told + chance.int(rounds.length - told)]!, event })
    if (chance.happens(0.06)) {
      const other =
        chance.happens(0.5) && event.tenant !== '' ? { ...event, user: 'somebody-else' } : { ...event, time: time - 1 }
      deliveries.push({ round: rounds[told + chance.int(rounds.length - told)]!, event: other })
    }
  }
  for (const round of rounds) {
    const items = chance.shuffle(deliveries.filter((delivery) => delivery.round === round))
    if (items.length === 0) continue
    const batches = chance.between(1, 3)
    const step: DeliverStep = {
      at: round,
      do: 'deliver',
      by,
      items: items.map(({ event }) => ({ event, expect: 'accepted' })),
      batches,
    }
    const same = steps.findIndex((other) => other.at >= round)
    // At the instant of a change it may come before or after it.
    const place = same < 0 ? steps.length : steps[same]!.at === round && chance.happens(0.5) ? same + 1 : same
    steps.splice(place, 0, step)
  }
}

function roundsOf(chance: Chance, interesting: number[]): number[] {
  const rounds = new Set<number>()
  for (let round = eventsBegin; round < eventsEnd + 33 * day; round += chance.between(1, 9 * day)) rounds.add(round)
  for (const instant of interesting) if (instant > eventsBegin && chance.happens(0.7)) rounds.add(instant)
  for (const instant of interesting)
    if (instant > eventsBegin && chance.happens(0.2)) rounds.add(instant + chance.int(3 * minute))
  const last = closes.at(-1)!.at
  const closing = new Set(closes.map((close) => close.at))
  return [...rounds].filter((round) => round < last && !closing.has(round)).sort((a, b) => a - b)
}

/** Numbers the steps, says what each delivered item will be answered, and notes when links became known. */
function linkSteps(steps: Step[], facts: Facts): void {
  const kept = new Map<string, string>()
  for (const [index, step] of steps.entries()) {
    if (step.do === 'link' || step.do === 'import' || step.do === 'move')
      for (const link of facts.links)
        if (link.tenant === step.tenant && link.known.at === step.at) link.known.step = index
    if (step.do !== 'deliver') continue
    // Repetitions of one id stay in one batch when they differ, so that it is known which came first.
    step.items.sort((a, b) => batchOf(a.event.id, step.batches) - batchOf(b.event.id, step.batches))
    for (const item of step.items) {
      const content = JSON.stringify(item.event)
      const known = kept.get(item.event.id)
      if (item.event.time > step.at + 5 * minute) item.expect = 'rejected'
      else if (known !== undefined) item.expect = known === content ? 'duplicate' : 'conflict'
      else {
        kept.set(item.event.id, content)
        facts.events.push({ ...item.event, reported: { at: step.at, step: index } })
      }
    }
  }
}

/** All deliveries of an id within a step go in one batch. */
export function batchOf(id: string, batches: number): number {
  let hash = 0
  for (const character of id) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0
  return hash % batches
}
