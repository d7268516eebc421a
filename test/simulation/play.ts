import { randomUUID } from 'node:crypto'
import type { Client, TestCloud } from '../support/cloud.ts'
import {
  Company,
  expectDone,
  type IdentityTenant,
  linkPath,
  nameIssuer,
  own,
  type Payer,
  publishPrices,
} from './company.ts'
import { type Facts, invoiceOf, type Line, meter, monthOf } from './naive-model.ts'
import { batchOf, closes, type Delivered, type Step, type Story, storyBegins, tellStory } from './story.ts'

const iso = (at: number) => new Date(at).toISOString()

/** A story with what it was given on a server. */
export interface Stage {
  readonly story: Story
  readonly company: Company
  readonly tenants: Map<string, IdentityTenant>
  readonly subscriptions: Map<string, string>
  readonly payers: Map<string, Payer>
  /** Section names of the server, by payer and the story's name. */
  readonly sections: Map<string, { id: string; name: string }>
}

export interface Played {
  readonly events: number
  readonly deliveries: number
  readonly invoices: number
  readonly stages: readonly Stage[]
}

/** Plays stories side by side on one server and says everything that is not as the naive model has it. */
export async function playStories(
  cloud: TestCloud,
  seeds: readonly number[],
  complain: (seed: number, what: string) => void,
  afterClose: () => Promise<void> = async () => undefined,
): Promise<Played> {
  await cloud.clock.set(iso(storyBegins))
  await nameIssuer(cloud)
  const stages: Stage[] = []
  for (const seed of seeds) stages.push(await setStage(cloud, tellStory(seed)))
  let now = storyBegins
  let deliveries = 0
  let invoices = 0
  const timeline = stages.flatMap((stage) =>
    stage.story.steps.flatMap((step, index) => (step.do === 'close' ? [] : [{ stage, step, index }])),
  )
  timeline.sort((a, b) => a.step.at - b.step.at)
  const setClock = async (at: number) => {
    if (at !== now) await cloud.clock.set(iso(at))
    now = at
  }
  let next = 0
  for (const [ordinal, close] of closes.entries()) {
    for (; next < timeline.length && timeline[next]!.step.at <= close.at; next++) {
      const { stage, step } = timeline[next]!
      await setClock(step.at)
      if (step.do === 'deliver') {
        deliveries += step.items.length
        for (const wrong of await deliver(stage, step)) complain(stage.story.seed, `${iso(step.at)}: ${wrong}`)
      } else await act(cloud, stage, step)
    }
    await setClock(close.at)
    const previews = new Map<string, unknown>()
    for (const stage of stages)
      for (const payer of stage.payers.values()) previews.set(payer.profile, await preview(cloud, payer, close.month))
    const path = `/providers/Tenantry.Billing/invoiceRuns/${close.month}?${own}`
    const run = expectDone(
      await cloud.operator.finish(expectDone(await cloud.operator.put(path, {}), 'a run')),
      'a run',
    )
    if (run.body.properties.parked.length > 0) complain(0, `parked: ${JSON.stringify(run.body.properties.parked)}`)
    for (const stage of stages) {
      for (const wrong of await compareCounts(cloud, stage, ordinal)) complain(stage.story.seed, wrong)
      for (const name of stage.payers.keys()) {
        invoices += 1
        for (const wrong of await compareInvoice(cloud, stage, name, ordinal, previews))
          complain(stage.story.seed, `${name}, run of ${close.month}: ${wrong}`)
      }
    }
    await afterClose()
  }
  for (const stage of stages) for (const wrong of await compareUnbilled(cloud, stage)) complain(stage.story.seed, wrong)
  const events = stages.reduce((sum, { story }) => sum + story.facts.events.length, 0)
  return { events, deliveries, invoices, stages }
}

async function setStage(cloud: TestCloud, story: Story): Promise<Stage> {
  const { seed } = story
  const company = await Company.found(cloud, `company${seed}`)
  const payers = new Map<string, Payer>()
  const sections = new Map<string, { id: string; name: string }>()
  for (const [name, sectionNames] of Object.entries(story.payers)) {
    const list = `list-${seed}-${name}`
    for (const { payer, version, from, micros, free } of story.prices) {
      const day = from === 0 ? '2015-01-01' : iso(from).slice(0, 10)
      if (payer === name) await publishPrices(cloud, list, version, day, micros, free)
    }
    const payer = await company.payer(`${company.label}-${name}`, 'EUR', list)
    payers.set(name, payer)
    for (const section of sectionNames)
      sections.set(`${name} ${section}`, await sectionOf(company.owner, payer, section))
  }
  const subscriptions = new Map<string, string>()
  for (const name of story.subscriptions) {
    const { payer, section } = story.firstPayer[name]!
    const id = await company.subscription(sections.get(`${payer} ${section}`)!.id, name)
    await company.allowUsage(id)
    subscriptions.set(name, id)
  }
  const tenants = new Map<string, IdentityTenant>()
  for (const name of story.tenants) tenants.set(name, await company.identityTenant(`x${seed}${name}`))
  return { story, company, payers, sections, subscriptions, tenants }
}

const randomSection = () => `SIMU-${randomUUID().slice(0, 4)}-${randomUUID().slice(0, 3)}-SEC`.toUpperCase()

async function sectionOf(owner: Client, payer: Payer, section: string): Promise<{ id: string; name: string }> {
  if (section === 'main') return { id: payer.sectionId, name: payer.section }
  const path = `${payer.profileId}/invoiceSections/${randomSection()}?api-version=2020-05-01`
  const reply = await owner.put(path, { properties: { displayName: section } })
  const { body } = expectDone(reply.status === 202 ? await owner.finish(reply) : reply, 'a section')
  return { id: body.id, name: body.name }
}

async function act(cloud: TestCloud, stage: Stage, step: Exclude<Step, { do: 'deliver' | 'close' }>): Promise<void> {
  const { owner } = stage.company
  const what = `${step.do} at ${iso(step.at)} of seed ${stage.story.seed}`
  if (step.do === 'pay') {
    const subscription = stage.subscriptions.get(step.subscription)!
    const account = [...stage.payers.values()][0]!.profileId.split('/billingProfiles/')[0]
    const reply = await owner.post(`${account}/billingSubscriptions/${subscription}/move?api-version=2020-05-01`, {
      destinationInvoiceSectionId: stage.sections.get(`${step.payer} ${step.section}`)!.id,
    })
    expectDone(reply.status === 202 ? await owner.finish(reply) : reply, what)
    return
  }
  const { id: tenantId, domain } = stage.tenants.get(step.tenant)!
  if (step.do === 'move') {
    const from = stage.subscriptions.get(step.from)!
    const link = linkPath(from, domain).split('?')[0]
    const reply = await owner.post(
      `/subscriptions/${from}/resourceGroups/identity/moveResources?api-version=2021-04-01`,
      {
        resources: [link],
        targetResourceGroup: `/subscriptions/${stage.subscriptions.get(step.to)!}/resourceGroups/identity`,
      },
    )
    expectDone(await owner.finish(expectDone(reply, what)), what)
    return
  }
  const subscription = stage.subscriptions.get(step.subscription)!
  const path = linkPath(subscription, domain)
  if (step.do === 'link') expectDone(await owner.put(path, { properties: {} }), what)
  if (step.do === 'upgrade')
    expectDone(await owner.patch(path, { properties: { billingConfig: { billingType: 'MAU' } } }), what)
  if (step.do === 'unlink') expectDone(await owner.delete(path), what)
  if (step.do === 'import')
    expectDone(
      await cloud.operator.put(`/providers/Tenantry.Metering/legacyLinks/${domain}?${own}`, {
        properties: {
          tenantId,
          subscriptionId: subscription,
          resourceGroup: 'identity',
          linkedAt: iso(step.linkedAt),
          ...(step.mauSince === undefined ? {} : { mauSince: iso(step.mauSince) }),
        },
      }),
      what,
    )
}

function cloudEventOf(about: string, { event }: Pick<Delivered, 'event'>): Record<string, unknown> {
  const { id, user, time, kind, outcome, userType } = event
  const common = { specversion: '1.0', source: '/simulation', id, time: iso(time) }
  if (event.meter === 'compute') {
    const quantity = (event.milli! / 1000).toFixed(3)
    const data = { meterId: 'compute', quantity, usageStart: iso(time), usageEnd: iso(time) }
    return { ...common, type: 'tenantry.usage.v1', subject: `/subscriptions/${about}`, data }
  }
  return {
    ...common,
    type: event.meter === 'authentication' ? 'tenantry.authentication.v1' : 'tenantry.second-factor.v1',
    subject: user,
    data: { tenantId: about, kind, ...(outcome ? { outcome } : {}), ...(userType ? { userType } : {}) },
  }
}

/** Sends a step's items in their batches, all at once, and compares the answer for each. */
async function deliver(stage: Stage, step: Extract<Step, { do: 'deliver' }>): Promise<string[]> {
  const tenant = stage.tenants.get(step.by)
  const id = tenant?.id ?? stage.subscriptions.get(step.by)!
  const reporter = tenant?.reporter ?? stage.company.owner
  const batches = [...Map.groupBy(step.items, (item) => batchOf(item.event.id, step.batches)).values()]
  const wrong: string[] = []
  await Promise.all(
    batches.map(async (items) => {
      const reply = await reporter.post(
        '/events',
        items.map((item) => cloudEventOf(id, item)),
        { 'content-type': 'application/cloudevents-batch+json' },
      )
      expectDone(reply, 'a delivery')
      for (const [index, item] of items.entries()) {
        const { status } = reply.body[index]
        if (status !== item.expect) wrong.push(`${item.event.id} was answered ${status}, not ${item.expect}`)
      }
    }),
  )
  return wrong
}

const closesOf = (story: Story) =>
  story.steps.flatMap((step, index) => (step.do === 'close' ? [{ month: step.month, step: index }] : []))

async function compareCounts(cloud: TestCloud, stage: Stage, ordinal: number): Promise<string[]> {
  const { story } = stage
  const { units } = meter(story.facts, closesOf(story)[ordinal]!.step)
  const wrong: string[] = []
  for (const name of story.tenants) {
    for (const { month } of closes) {
      const path = `/providers/Tenantry.Metering/tenants/${stage.tenants.get(name)!.id}/monthlyActiveUsers/${month}?${own}`
      const { properties } = expectDone(await cloud.operator.get(path), path).body
      const of = (wanted: string) =>
        units.filter((unit) => unit.tenant === name && monthOf(unit.time) === month && unit.meter === wanted).length
      const expected = `${of('authentications')} authentications, ${of('monthly-active-users')} active users`
      const said = `${properties.authentications} authentications, ${properties.monthlyActiveUsers} active users`
      if (said !== expected) wrong.push(`${name} in ${month} after close ${ordinal}: ${said}, expected ${expected}`)
    }
  }
  return wrong
}

async function compareUnbilled(cloud: TestCloud, stage: Stage): Promise<string[]> {
  const { facts, tenants, steps } = stage.story
  const wrong: string[] = []
  for (const name of tenants) {
    const ofTenant: Facts = { ...facts, events: facts.events.filter((event) => event.tenant === name) }
    const expected = meter(ofTenant, steps.length).excluded.get('unlinked') ?? 0
    const id = stage.tenants.get(name)!.id
    let path = `/providers/Tenantry.Metering/tenants/${id}/unbilledUsage?api-version=2026-11-01`
    let said = 0
    while (path) {
      const { body } = expectDone(await cloud.operator.get(path), path)
      for (const row of body.value) said += row.events
      path = body.nextLink ? new URL(body.nextLink).pathname + new URL(body.nextLink).search : ''
    }
    if (said !== expected) wrong.push(`${name}: ${said} unbilled, expected ${expected}`)
  }
  return wrong
}

async function preview(cloud: TestCloud, payer: Payer, period: string): Promise<unknown> {
  const path = `${payer.profileId}/providers/Tenantry.Billing/preview?${own}`
  return expectDone(await cloud.operator.post(path, { properties: { period } }), 'a preview').body.properties.document
}

async function invoiceNameOf(cloud: TestCloud, profile: string, period: string): Promise<string> {
  const row = await cloud.running.db
    .selectFrom('invoice')
    .select(['id', 'number'])
    .where('billing_profile_name', '=', profile)
    .where('period', '=', period)
    .executeTakeFirst()
  if (!row) throw new Error(`no document of ${profile} for ${period}`)
  return row.number ?? row.id
}

async function compareInvoice(
  cloud: TestCloud,
  stage: Stage,
  payerName: string,
  ordinal: number,
  previews: ReadonlyMap<string, unknown>,
): Promise<string[]> {
  const { story } = stage
  const { month } = closes[ordinal]!
  const payer = stage.payers.get(payerName)!
  const name = await invoiceNameOf(cloud, payer.profile, month)
  const { body } = expectDone(await cloud.operator.get(`/providers/Tenantry.Billing/invoices/${name}?${own}`), name)
  const { document } = body.properties
  const wrong: string[] = []
  if (JSON.stringify({ ...document, issue: null }) !== JSON.stringify(previews.get(payer.profile)))
    wrong.push('the preview was another one')

  const expected = new Map<string, Line>()
  for (const [key, line] of invoiceOf(story.facts, payerName, closesOf(story), ordinal)) {
    const [usageMonth, section, subscription, tenant, , meterId, version] = key.split('|')
    addTo(expected, [usageMonth, section, subscription, tenant, meterId, version].join('|'), line)
  }
  const said = saidLines(stage, payerName, document)
  wrong.push(
    ...differences(
      said,
      expected,
      story.prices.some((price) => price.free > 0),
    ),
  )
  const subtotal = [...expected.values()].reduce((sum, line) => sum + line.cents, 0)
  const tax = Math.sign(subtotal) * Math.floor((Math.abs(subtotal) * 25 + 50) / 100)
  const summary = `${centsOf(document.summary.subtotal)} + ${centsOf(document.summary.tax)} = ${centsOf(document.summary.total)}`
  if (summary !== `${subtotal} + ${tax} = ${subtotal + tax}`)
    wrong.push(`summary ${summary}, expected ${subtotal} + ${tax}`)
  return wrong
}

// oxlint-disable-next-line typescript/no-explicit-any
function saidLines(stage: Stage, payerName: string, document: any): Map<string, Line> {
  const subscriptionOf = new Map([...stage.subscriptions].map(([name, id]) => [id, name]))
  const tenantOf = new Map([...stage.tenants].map(([name, { id }]) => [id, name]))
  const sectionNames = new Map([...stage.sections].map(([key, { name }]) => [name, key.replace(`${payerName} `, '')]))
  const said = new Map<string, Line>()
  for (const section of document.sections)
    for (const product of section.products)
      for (const family of product.serviceFamilies)
        for (const line of family.lines) {
          const key = [
            line.usagePeriod,
            sectionNames.get(section.name),
            subscriptionOf.get(line.subscriptionId),
            tenantOf.get(line.identityTenant?.id),
            line.meterId,
            line.priceList.version,
          ]
          const cents = centsOf(line.charge) + centsOf(line.credit)
          addTo(said, key.join('|'), { quantity: Math.round(Number(line.quantity) * 1000), cents })
        }
  return said
}

function addTo(lines: Map<string, Line>, key: string, { quantity, cents }: Line): void {
  const known = lines.get(key) ?? { quantity: 0, cents: 0 }
  lines.set(key, { quantity: known.quantity + quantity, cents: known.cents + cents })
}

/** Which of several links a free unit went to is not the model's to say: there amounts are compared over all links. */
function differences(said: Map<string, Line>, expected: Map<string, Line>, hasFreeTier: boolean): string[] {
  const wrong: string[] = []
  const compare = (measure: 'quantity' | 'cents', keyOf: (key: string) => string) => {
    const sums = new Map<string, [number, number]>()
    for (const [side, lines] of [said, expected].entries())
      for (const [key, line] of lines) {
        const sum = sums.get(keyOf(key)) ?? [0, 0]
        sum[side]! += line[measure]
        sums.set(keyOf(key), sum)
      }
    for (const [key, [a, b]] of sums) if (a !== b) wrong.push(`${key}: ${measure} ${a}, expected ${b}`)
  }
  compare('quantity', (key) => key)
  compare('cents', (key) => (hasFreeTier ? key.replace(/\|t\d\|/, '|') : key))
  return wrong
}

const centsOf = (amount: string): number => Number(amount.replace('.', ''))
