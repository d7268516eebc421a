import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { periodOf } from '../../../src/domain/rating/billing-period.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { expectSuccess, linesOf, ours } from '../Tenantry.Billing/billing-world.ts'
import { accept, ask } from './transfer-world.ts'

let cloud: TestCloud
let world: CostWorld
beforeAll(async () => {
  // No instant is set, so that the business clock runs while usage flows.
  cloud = await startTestCloud()
  world = new CostWorld(cloud)
})
afterAll(() => cloud?.stop())

interface Sent {
  readonly id: string
  /** Before the acceptance was sent, while it ran, or after its answer. */
  readonly phase: 'before' | 'during' | 'after'
}

test('OWN-9, INV-11, F56: while usage flows, every event is on exactly one side of the transfer, to the last one', async () => {
  await world.publish('flow')
  const a = await world.customer({ displayName: 'Contoso', priceList: 'flow' })
  const b = await world.customer({ displayName: 'Fabrikam', priceList: 'flow' })
  const [s, second] = [await world.subscription(b), await world.subscription(b)]
  const machines = await Promise.all([s, second].map((id) => world.resource(b.owner, id, 'machines', 'one')))
  for (const id of [s, second]) await world.assign(b.owner, `/subscriptions/${id}`, 'usagePublisher', b.owner.objectId)
  const name = await ask(a, b.owner)
  const usedAt = new Date(Date.now() - 1000)
  const period = periodOf(usedAt)
  const sent: Sent[] = []
  let phase: Sent['phase'] = 'before'
  let isOver = false
  const flow = async (lane: number): Promise<void> => {
    while (!isOver) {
      const batch = Array.from({ length: 20 }, (_, index) => ({
        specversion: '1.0',
        type: 'tenantry.usage.v1',
        source: '/flow',
        id: randomUUID(),
        time: usedAt.toISOString(),
        subject: machines[(lane + index) % 2],
        data: {
          meterId: 'disk',
          quantity: '1',
          usageStart: usedAt.toISOString(),
          usageEnd: usedAt.toISOString(),
        },
      }))
      const startedIn = phase
      const reply = await b.owner.client.post('/events', batch, {
        'content-type': 'application/cloudevents-batch+json',
      })
      for (const [index, { status }] of reply.body.entries()) {
        if (status !== 'accepted') throw new Error(JSON.stringify(reply.body))
        const isKnown = startedIn === phase
        sent.push({ id: batch[index]?.id ?? '', phase: isKnown ? startedIn : 'during' })
      }
    }
  }
  const lanes = [0, 1, 2, 3].map(flow)
  /** However busy the machine is, some batches begin and end in the phase. */
  const someIn = async (of: Sent['phase']): Promise<void> => {
    while (sent.filter((one) => one.phase === of).length < 100) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await someIn('before')
  phase = 'during'
  const accepted = await accept(b.owner.client, name, s, second)
  phase = 'after'
  await someIn('after')
  isOver = true
  await Promise.all(lanes)
  expect(accepted.body.properties.transferStatus).toBe('Completed')
  const instant = new Date(accepted.body.properties.responsibilityDate)

  const { rows } = await cloud.running.pool.query<{ id: string; reported_at: Date; profile: string; count: string }>(
    `select e.id, b.reported_at, p.billing_profile_name as profile
     from usage_event e join usage_batch b on b.id = e.batch_id join usage_route r on r.id = e.route_id
     left join billing_placement p on p.id = r.placement_id`,
  )
  const stored = new Map(rows.map((row) => [row.id, row]))
  expect(rows.length).toBe(sent.length)
  const counts = { before: 0, during: 0, after: 0 }
  for (const { id, phase: reported } of sent) {
    const event = stored.get(id)
    const isNew = event !== undefined && event.reported_at >= instant
    expect(event?.profile).toBe(isNew ? a.profile : b.profile)
    if (reported === 'before') expect(isNew).toBe(false)
    if (reported === 'after') expect(isNew).toBe(true)
    counts[reported] += 1
  }
  expect(Math.min(counts.before, counts.after)).toBeGreaterThanOrEqual(100)
  const { rows: starts } = await cloud.running.pool.query<{ from: Date }>(
    'select distinct lower(during) as from from billing_placement where billing_profile_name = $1',
    [a.profile],
  )
  expect(starts).toEqual([{ from: instant }])

  // Both invoices together have every event once.
  const onSide = (profile: string): number => rows.filter((row) => row.profile === profile).length
  const closes = new Date(Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5)), 5))
  await cloud.clock.set(closes.toISOString())
  expectSuccess(
    await cloud.operator.put(`/providers/Tenantry.Billing/issuer?${ours}`, {
      properties: { legalName: 'Seller AB', address: { country: 'SE' }, taxRates: [] },
    }),
  )
  expectSuccess(await world.run(period))
  for (const customer of [a, b]) {
    const [document] = await world.documents(customer)
    const lines = linesOf(document?.content)
    expect(lines.map(({ meterId }) => meterId)).toEqual(['disk', 'disk'])
    expect(lines.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBe(onSide(customer.profile))
    // The old payer's lines end at the instant; the new payer's show the true day of what was used before it.
    const edges = lines.map(({ from, to }) => (customer === b ? to : from))
    const edge = customer === b ? instant.toISOString() : `${usedAt.toISOString().slice(0, 10)}T00:00:00.000Z`
    expect(edges).toEqual([edge, edge])
  }
  const { checks } = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(checks.flatMap((check) => check.violations.map((violation) => `${check.id} ${violation}`))).toEqual([])
}, 120_000)
