import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { auditOf } from '../faults/kill-campaign.ts'
import { findPort, ServerProcess } from '../faults/server-process.ts'
import { Company, expectDone, type IdentityTenant, linkPath, nameIssuer, own, publishPrices } from './company.ts'
import { chanceOf } from './seeded.ts'

interface Told {
  readonly tenant: number
  readonly event: { readonly id: string }
}

/** Two tenants of one subscription with all that can happen to a link; nothing is reported yet. */
async function prepare(server: ServerProcess): Promise<{ tenants: IdentityTenant[]; told: Told[] }> {
  const wire = await server.wire()
  await wire.setClock('2019-10-01T00:00:00Z')
  await nameIssuer(wire)
  const company = await Company.found(wire, 'ordered')
  await publishPrices(
    wire,
    'ordered',
    1,
    '2015-01-01',
    { authentications: 10_000, 'monthly-active-users': 50_000, 'second-factor-attempts': 30_000 },
    3,
  )
  const payer = await company.payer('ordered', 'EUR', 'ordered')
  const [first, second] = [
    await company.subscription(payer.sectionId, 'first'),
    await company.subscription(payer.sectionId, 'second'),
  ]
  const tenants = [await company.identityTenant('old'), await company.identityTenant('new')]
  const [old, young] = [tenants[0]!.domain, tenants[1]!.domain]
  const { owner } = company
  expectDone(await owner.put(linkPath(first, old), { properties: {} }), 'a link')
  for (const [at, what, change] of [
    ['2019-11-03T04:05:06.007Z', 'a link', () => owner.put(linkPath(first, young), { properties: {} })],
    ['2019-11-10T10:10:10.010Z', 'an upgrade', () => owner.patch(linkPath(first, old), toMau)],
    ['2019-11-14T00:00:00Z', 'an unlinking', () => owner.delete(linkPath(first, young))],
    ['2019-11-16T23:59:59.999Z', 'a relinking', () => owner.put(linkPath(second, young), { properties: {} })],
  ] as const) {
    await wire.setClock(at)
    expectDone(await change(), what)
  }
  await wire.setClock('2019-12-01T00:00:00Z')
  return { tenants, told: tell(tenants) }
}

const toMau = { properties: { billingConfig: { billingType: 'MAU' } } }

function tell(tenants: readonly IdentityTenant[]): Told[] {
  const chance = chanceOf(42)
  return Array.from({ length: 1200 }, (_, serial) => {
    const tenant = chance.int(2)
    const isSecondFactor = chance.happens(0.05)
    const event = {
      specversion: '1.0',
      type: isSecondFactor ? 'tenantry.second-factor.v1' : 'tenantry.authentication.v1',
      source: '/ordered',
      id: `o-${serial}`,
      time: new Date(Date.UTC(2019, 10, 1) + chance.int(30 * 86_400_000)).toISOString(),
      subject: `user-${chance.int(90)}`,
      data: { tenantId: tenants[tenant]!.id, kind: isSecondFactor ? 'sms' : 'interactiveSignIn' },
    }
    return { tenant, event }
  })
}

/** Delivers everything in an order of its own, some of it more often, in batches of its own; gives the month's document. */
async function deliver(server: ServerProcess, tenants: readonly IdentityTenant[], told: readonly Told[], seed: number) {
  const chance = chanceOf(seed)
  const wire = await server.wire()
  const repeated = told.filter(() => chance.happens(0.3))
  for (const [tenant, { reporter }] of tenants.entries()) {
    const ofTenant = chance.shuffle([...told, ...repeated]).filter((one) => one.tenant === tenant)
    const sends: Promise<unknown>[] = []
    for (let from = 0; from < ofTenant.length; ) {
      const size = 1 + chance.int(seed % 2 === 0 ? 20 : 700)
      const batch = ofTenant.slice(from, from + size).map(({ event }) => event)
      const send = server
        .as(reporter.token)
        .post('/events', batch, { 'content-type': 'application/cloudevents-batch+json' })
        .then((reply) => expectDone(reply, 'a delivery'))
      if (chance.happens(0.5)) await send
      sends.push(send)
      from += size
    }
    await Promise.all(sends)
  }
  await wire.setClock('2019-12-04T00:00:00Z')
  const run = await wire.operator.put(`/providers/Tenantry.Billing/invoiceRuns/2019-11?${own}`, {})
  expectDone(await wire.operator.finish(expectDone(run, 'a run')), 'a run')
  const client = new pg.Client(server.database)
  await client.connect()
  const { rows } = await client.query<{ document: string }>('select document from invoice')
  await client.end()
  return rows.map(({ document }) => document)
}

test('I-09, F31, INV-17: the same usage in any order, repeated and in other batches, gives the same bytes', {
  timeout: 240_000,
}, async () => {
  const root = mkdtempSync(join(tmpdir(), 'tenantry-order-'))
  const port = await findPort()
  const stop = async (server: ServerProcess): Promise<void> => {
    server.kill('SIGTERM')
    await server.exited
    server.hangUp()
  }
  try {
    const original = await ServerProcess.launch(join(root, 'original'), port)
    const { tenants, told } = await prepare(original)
    await stop(original)
    const documents: string[][] = []
    for (const seed of [1, 2, 3]) {
      const folder = join(root, `twin-${seed}`)
      cpSync(join(root, 'original'), folder, { recursive: true })
      const twin = await ServerProcess.launch(folder, port)
      try {
        documents.push(await deliver(twin, tenants, told, seed))
        expect(await auditOf(twin)).toEqual([])
      } finally {
        await stop(twin)
      }
    }
    const [first, ...others] = documents
    expect(first).toHaveLength(1)
    expect(JSON.parse(first![0]!).summary.subtotal).not.toBe('0.00')
    for (const other of others) expect(other).toEqual(first)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
