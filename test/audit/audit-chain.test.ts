import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditChainChecks } from '../../src/audit/audit-chain-checks.ts'
import { checkAgainstCheckpoint } from '../../src/audit/audit-checkpoint.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'
import { buildWorld, expectStatus } from '../http/world.ts'

const api = 'api-version=2026-11-01'
let cloud: TestCloud
/** Who can switch the guards off: a superuser of the database. */
let client: pg.Client
let checkpoint: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  await buildWorld(cloud)
  const reply = await expectStatus(cloud.operator.get(`/providers/Tenantry.Audit/checkpoint?${api}`), 200)
  checkpoint = reply.body.properties.signed
  client = new pg.Client({ connectionString: cloud.running.databaseUrl })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await cloud?.stop()
})

const violations = async (): Promise<string[]> => {
  const found: string[] = []
  for (const check of auditChainChecks)
    found.push(...(await client.query<{ violation: string }>(check.violations)).rows.map((row) => row.violation))
  return found
}

/** What the checks find after statements that the guards would refuse; all of it is taken back. */
async function foundAfter(statements: string): Promise<string[]> {
  await client.query('begin')
  try {
    await client.query(`
      alter table audit_link drop constraint audit_link_record_sequence_fkey;
      alter table audit_link drop constraint audit_link_record_sequence_key;
      alter table audit_link drop constraint audit_link_pkey;
      alter table audit_record disable trigger user; alter table audit_link disable trigger user`)
    await client.query(statements)
    return [...(await violations()), ...(await checkAgainstCheckpoint(client, checkpoint)).violations]
  } finally {
    await client.query('rollback')
  }
}

interface Place {
  readonly chain: string
  readonly position: bigint
  readonly record_sequence: bigint
}
const places = async (): Promise<Place[]> =>
  (await client.query<Place>('select chain, position, record_sequence from audit_link order by chain, position')).rows

test('I-17: every record is a link of the chain of who acted, from the same commit', async () => {
  expect(await violations()).toEqual([])
  const counts = await client.query(
    'select (select count(*) from audit_record) as records, (select count(*) from audit_link) as links, (select count(distinct chain) from audit_link) as chains',
  )
  const [{ records, links, chains }] = counts.rows as [{ records: bigint; links: bigint; chains: bigint }]
  expect(links).toBe(records)
  expect(Number(records)).toBeGreaterThan(8)
  expect(Number(chains)).toBeGreaterThanOrEqual(2)
})

test('S52: the database refuses to change, remove or empty records and links', async () => {
  for (const table of ['audit_record', 'audit_link'])
    for (const statement of [
      `update ${table} set ${table === 'audit_record' ? "action = 'x'" : 'position = position + 1'}`,
      `delete from ${table}`,
      `truncate ${table} cascade`,
    ])
      await expect(client.query(statement), statement).rejects.toMatchObject({ code: '23514' })
})

test('S52: a record that was changed is found and named, whichever it is and whatever was changed', async () => {
  const columns = {
    occurred_at: `occurred_at + interval '1 microsecond'`,
    tenant_id: 'gen_random_uuid()',
    principal_id: 'gen_random_uuid()',
    principal_name: `coalesce(principal_name, '') || 'x'`,
    action: `action || 'x'`,
    scope: `scope || 'x'`,
    before: `coalesce(before, 'null'::jsonb) || '1'::jsonb`,
    after: `'{"forged": true}'::jsonb`,
    correlation_id: `correlation_id || 'x'`,
  }
  for (const { record_sequence } of await places())
    for (const [column, value] of Object.entries(columns)) {
      const found = await foundAfter(`update audit_record set ${column} = ${value} where sequence = ${record_sequence}`)
      expect(found.join('\n'), `${column} of ${record_sequence}`).toMatch(
        new RegExp(`record ${record_sequence} \\(.*\\) is not what link`),
      )
    }
})

test('S52: a record that was deleted is found, with its link or without it, also the last of a chain', async () => {
  for (const { chain, position, record_sequence } of await places()) {
    const record = `delete from audit_record where sequence = ${record_sequence}`
    expect((await foundAfter(record)).join('\n')).toContain(
      `link ${position} of chain ${chain} has lost its record ${record_sequence}`,
    )
    const both = await foundAfter(`${record}; delete from audit_link where record_sequence = ${record_sequence}`)
    expect(both.join('\n')).toMatch(new RegExp(`chain ${chain}(, record \\d+, does not follow| had .* lost its end)`))
  }
})

test('S52: records that changed places are found', async () => {
  const all = await places()
  for (const [index, second] of all.entries()) {
    const first = all[index - 1]
    if (first === undefined || first.chain !== second.chain) continue
    const found = await foundAfter(`
      update audit_link set position = case position when ${first.position} then ${second.position} else ${first.position} end
      where chain = '${first.chain}' and position in (${first.position}, ${second.position})`)
    expect(found.join('\n')).toContain(`chain ${first.chain}`)
  }
})

test('S52: what was cut off at the end, or written anew from some place on, is found by the signed checkpoint', async () => {
  expect(await foundAfter('delete from audit_link where false')).toEqual([])
  const chains = [...new Set((await places()).map((place) => place.chain))]
  for (const chain of chains) {
    const cut = await foundAfter(`
      delete from audit_link where chain = '${chain}'
        and position = (select max(position) from audit_link where chain = '${chain}');
      delete from audit_record r where not exists (select from audit_link where record_sequence = r.sequence)`)
    expect(cut).toEqual([
      expect.stringMatching(new RegExp(`^chain ${chain} had \\d+ records then and has lost its end$`)),
    ])
    const anew = await foundAfter(`
      create temporary table kept on commit drop as
        select r.* from audit_record r join audit_link l on l.record_sequence = r.sequence where l.chain = '${chain}';
      delete from audit_link where chain = '${chain}';
      update audit_record r set principal_name = 'Nobody' where sequence = (select min(sequence) from kept);
      do $$ declare one audit_record; begin
        for one in select r.* from audit_record r join kept k using (sequence) order by sequence loop
          perform append_audit_link(one);
        end loop; end $$`)
    expect(anew).toEqual([expect.stringContaining(`chain ${chain} was written anew`)])
  }
  const everything = await foundAfter('delete from audit_link; delete from audit_record')
  expect(everything).toHaveLength(chains.length)
})

test('S52: a checkpoint that was changed, or that another installation signed, says so', async () => {
  const [header = '', payload = '', signature = ''] = checkpoint.split('.')
  const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { heads: unknown[] }
  const shorter = Buffer.from(JSON.stringify({ ...said, heads: said.heads.slice(1) })).toString('base64url')
  const changed = await checkAgainstCheckpoint(client, `${header}.${shorter}.${signature}`)
  expect(changed.violations).toEqual(['the checkpoint was changed after it was signed'])
  const stranger = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'another' })).toString('base64url')
  const foreign = await checkAgainstCheckpoint(client, `${stranger}.${payload}.${signature}`)
  expect(foreign.violations).toEqual([expect.stringContaining(`'another'`)])
  expect(await checkAgainstCheckpoint(client, checkpoint)).toMatchObject({ isKept: true, violations: [] })
})

test('S52: a checkpoint is no access token', async () => {
  const reply = await cloud.as(checkpoint).get('/subscriptions?api-version=2022-12-01')
  expect(reply.status).toBe(401)
})

test('I-17: what is rolled back leaves neither record nor link, and writers of one tenant at once make one chain', async () => {
  const before = (await places()).length
  const reply = await cloud.operator.put(`/providers/Tenantry.Directory/tenants/not-a-guid?${api}`, { properties: {} })
  expect(reply.status).toBeGreaterThanOrEqual(400)
  expect((await places()).length).toBe(before)
  await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      expectStatus(
        cloud.operator.put(
          `/providers/Tenantry.Pricing/exchangeRates/2025-${String((index % 12) + 1).padStart(2, '0')}?${api}`,
          {
            properties: { from: 'USD', to: index < 12 ? 'SEK' : 'NOK', rate: '10', day: '2024-12-30' },
          },
        ),
        200,
        400,
        409,
      ),
    ),
  )
  expect((await places()).length).toBeGreaterThan(before + 10)
  expect(await violations()).toEqual([])
})

test('I-17: two transactions that each act for two tenants wait for each other and never for ever', async () => {
  const [first, second] = ['5b1d2c30-0000-4000-8000-000000000001', '5b1d2c30-0000-4000-8000-000000000003']
  const insert = (tenant: string | undefined) =>
    `insert into audit_record (occurred_at, tenant_id, action, scope, correlation_id) values ('2026-01-01', '${tenant}', 'test', '/', 'test')`
  const act = async (order: readonly (string | undefined)[]): Promise<void> => {
    const other = new pg.Client({ connectionString: cloud.running.databaseUrl })
    await other.connect()
    try {
      for (let round = 0; round < 20; round++) {
        await other.query('begin')
        for (const tenant of order) await other.query(insert(tenant))
        await other.query('commit')
      }
    } finally {
      await other.end()
    }
  }
  await Promise.all([act([first, second]), act([second, first]), act([first, second])])
  expect(await violations()).toEqual([])
})
