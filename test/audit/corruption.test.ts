import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allChecks, auditSnapshot, type AuditReport, runAudit } from '../../src/audit/audit.ts'
import { recomputationSchema } from '../../src/audit/recomputation.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'
import { playHistory } from './audited-world.ts'

let cloud: TestCloud
let client: pg.Client
const found = new Set<string>()

beforeAll(async () => {
  cloud = await startTestCloud()
  await playHistory(cloud)
  client = new pg.Client({ connectionString: cloud.running.databaseUrl })
  await client.connect()
  await client.query(`set timezone = 'UTC'`)
  await client.query(recomputationSchema)
})
afterAll(async () => {
  await client?.end()
  await cloud?.stop()
})

const brokenOf = (report: AuditReport): string[] =>
  report.checks.filter((check) => !check.isKept).map((check) => `${check.id} ${check.violations[0]}`)

test('D11: a real history is clean, and every check has looked at something', async () => {
  const steps: string[] = []
  const report = await runAudit({ connectionString: cloud.running.databaseUrl }, ({ step }) => steps.push(step))
  expect(brokenOf(report)).toEqual([])
  expect(report.isClean).toBe(true)
  expect(report.checks.filter((check) => check.examined === 0).map((check) => check.claim)).toEqual([])
  expect(steps.length).toBeGreaterThan(allChecks.length)
})

/** What the database itself would refuse is done all the same, inside the transaction that is taken back. */
const withoutGuards = `
  do $$ declare one record; begin
    for one in select conrelid::regclass as name, conname from pg_constraint where contype = 'f' loop
      execute format('alter table %s drop constraint %I', one.name, one.conname);
    end loop;
    for one in select distinct tgrelid::regclass as name from pg_trigger where not tgisinternal loop
      execute format('alter table %s disable trigger user', one.name);
    end loop;
  end $$`

const link = `(select link_id from identity_link order by lower(during) limit 1)`
const firstInvoice = `(select id from invoice where document_type = 'Invoice' order by period limit 1)`
const counted = `(select id from usage_route where disposition = 'counted' and model = 'mau' limit 1)`

/** One thing that went wrong, and the invariant that has to say so. */
const corruptions: readonly (readonly [string, string, string])[] = [
  ['an event is lost', 'I-03', `delete from usage_event where id = 'early-0'`],
  [
    'an event is there twice',
    'I-02',
    `insert into usage_event select gen_random_uuid(), content_hash, usage_at, batch_id, origin_id, route_id, id, subject from usage_event where id = 'early-0'`,
  ],
  [
    'an event is another minute',
    'I-02',
    `update usage_event set usage_at = usage_at + interval '1 minute' where id = 'early-0'`,
  ],
  ['an event is of another user', 'I-02', `update usage_event set subject = 'bo' where id = 'early-0'`],
  ['an event has another id', 'I-02', `update usage_event set id = 'early-9' where id = 'early-0'`],
  [
    'an event has another origin',
    'I-02',
    `update usage_event set origin_id = (select max(id) from usage_origin where event_type = 'authentication') where id = 'early-0'`,
  ],
  ['usage is another quantity', 'I-02', `update usage_event set quantity = quantity * 2 where id = 'use-compute'`],
  [
    'usage is another quantity in event and sum',
    'I-02',
    `update usage_event set quantity = quantity * 2 where id = 'use-compute'; update usage_sum set quantity = quantity * 2 where meter_id = 'compute'`,
  ],
  ['a refused repetition has lost its event', 'I-02', `update usage_conflict set event_key = gen_random_uuid()`],
  [
    'a refused repetition says that another content is kept',
    'I-02',
    `update usage_conflict set kept_hash = kept_hash + 1`,
  ],
  ['an event is in another batch', 'I-03', `update usage_event set batch_id = batch_id + 1 where id = 'early-0'`],
  ['an event has no route', 'I-03', `update usage_event set route_id = -1 where id = 'early-0'`],
  [
    'batches are out of order',
    'I-16',
    `update usage_batch set reported_at = reported_at - interval '40 days' where id = (select max(id) from usage_batch)`,
  ],
  [
    'a counted event is set aside',
    'I-07',
    `update usage_event set route_id = (select id from usage_route where reason = 'unlinked' limit 1) where id = 'modern-0'`,
  ],
  ['an unlinked event is counted', 'I-07', `update usage_event set route_id = ${counted} where id = 'unlinked-0'`],
  ['a failed attempt is counted', 'I-07', `update usage_event set route_id = ${counted} where id = 'failed-0'`],
  [
    'a counted event has another payer',
    'I-07',
    `update usage_route set placement_id = placement_id + 1 where disposition = 'counted' and model = 'mau'`,
  ],
  [
    'usage of a resource has another payer',
    'I-07',
    `update usage_route set placement_id = null where meter_id = 'compute'`,
  ],
  [
    'usage of a resource is on another subscription',
    'I-07',
    `update usage_route set subscription_id = (select max(id::text)::uuid from subscription where id <> subscription_id) where meter_id = 'compute'`,
  ],
  [
    'a link begins a day later',
    'I-07',
    `update identity_link set during = tstzrange(lower(during) + interval '40 days', upper(during)) where link_id = ${link}`,
  ],
  ['a link is lost', 'I-07', `delete from identity_link where link_id = ${link}`],
  [
    'a link is on another subscription',
    'I-07',
    `update identity_link set subscription_id = (select id from subscription where id <> subscription_id limit 1)`,
  ],
  [
    'the change of model is ten days later',
    'I-07',
    `update metering_model set during = tstzrange(lower(during) + interval '10 days', null) where model = 'mau' and link_id = ${link};
     update metering_model set during = tstzrange(lower(during), upper(during) + interval '10 days') where model = 'perAuthentication'`,
  ],
  [
    'a link went back to per authentication',
    'I-11',
    `update metering_model set during = tstzrange(lower(during), '2020-01-01') where model = 'mau' and link_id = ${link}; insert into metering_model select link_id, tstzrange('2020-01-01', null), 'perAuthentication', decided_by from metering_model where link_id = ${link} limit 1`,
  ],
  [
    'nobody pays for a day',
    'I-07',
    `update billing_placement set during = tstzrange(lower(during), upper(during) - interval '1 day') where not upper_inf(during)`,
  ],
  [
    'nobody pays for a product for a day',
    'I-07',
    `update product_placement set during = tstzrange(lower(during), upper(during) - interval '1 day') where lower(during) = (select min(lower(during)) from product_placement)`,
  ],
  [
    'a subscription has lost its payer',
    'I-07',
    `delete from billing_placement where upper_inf(during) and id = (select max(id) from billing_placement)`,
  ],
  [
    'a subscription trusts nobody',
    'I-07',
    `update subscription_directory set during = tstzrange(lower(during), '2020-01-01')`,
  ],
  [
    'what is set aside is miscounted',
    'I-03',
    `update usage_set_aside set event_count = event_count + 1 where reason = 'unlinked'`,
  ],
  ['what is set aside is lost', 'I-03', `delete from usage_set_aside where reason = 'failedAttempt'`],
  ['a quarantined event is forgotten', 'I-03', `delete from usage_quarantine`],
  [
    'a good event is quarantined',
    'I-03',
    `insert into usage_quarantine select event_key, batch_id from usage_event where id = 'early-0'`,
  ],
  ['a sum is one too many', 'I-04', `update usage_sum set quantity = quantity + 1 where meter_id = 'authentications'`],
  [
    'a sum is a trifle too small',
    'I-04',
    `update usage_sum set quantity = quantity - 0.0000000001 where meter_id = 'compute'`,
  ],
  ['a sum is lost', 'I-04', `delete from usage_sum where meter_id = 'monthly-active-users'`],
  ['a sum is on another day', 'I-04', `update usage_sum set usage_day = usage_day - 1 where meter_id = 'compute'`],
  [
    'a paid user is counted as active, too',
    'I-10',
    `update identity_month_user set paid_at = null, paid_event_key = null, paid_link_id = null, paid_subscription_id = null where user_id = 'anna'`,
  ],
  ['an active user is lost', 'I-10', `delete from identity_month_user where user_id = 'fia'`],
  [
    'an active user is invented',
    'I-10',
    `insert into identity_month_user select identity_tenant_id, month, gen_random_uuid(), 'nobody', null, null, null, null, counted_at, counted_event_key, counted_link_id, counted_subscription_id, counted_placement_id from identity_month_user where user_id = 'fia'`,
  ],
  [
    'an active user is on another link',
    'I-10',
    `update identity_month_user set counted_link_id = ${link} where user_id = 'fia'`,
  ],
  [
    'an active user has another payer',
    'I-10',
    `update identity_month_user set counted_placement_id = counted_placement_id + 1 where user_id = 'fia'`,
  ],
  [
    'the count of active users is one too many',
    'I-10',
    `update identity_month set monthly_active_users = monthly_active_users + 1`,
  ],
  [
    'the count of authentications is one too few',
    'I-10',
    `update identity_month set authentications = authentications - 1 where authentications > 0`,
  ],
  [
    'an invoice has another byte',
    'I-08',
    `update invoice set document = replace(document, 'Simulated', 'simulated') where id = ${firstInvoice}`,
  ],
  [
    'an invoice says another total, with a new fingerprint',
    'I-05',
    `update invoice set document = replace(document, '"total":', '"total":"1.00","was":') where id = ${firstInvoice}; update invoice set document_sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')`,
  ],
  ['a file of an invoice has another byte', 'I-08', `update invoice_file set bytes = bytes || 'x'::bytea`],
  [
    'a line is dearer',
    'I-05',
    `update invoice_line set amount_minor = amount_minor + 1 where line_number = 1 and invoice_id = ${firstInvoice}`,
  ],
  [
    'a line and its subtotal are dearer',
    'I-05',
    `update invoice_line set amount_minor = amount_minor + 1 where line_number = 1 and invoice_id = ${firstInvoice}; update invoice set subtotal_minor = subtotal_minor + 1, total_minor = total_minor + 1 where id = ${firstInvoice}`,
  ],
  [
    'a line is of another quantity',
    'I-05',
    `update invoice_line set quantity = quantity + 1 where line_number = 1 and invoice_id = ${firstInvoice}`,
  ],
  ['a line is lost', 'I-05', `delete from invoice_line where line_number = 1 and invoice_id = ${firstInvoice}`],
  [
    'a line is billed to another section',
    'I-05',
    `update invoice_line set invoice_section_name = (select name from invoice_section where name <> invoice_section_name limit 1) where charge_type <> 'Credit'`,
  ],
  [
    'a line is of another month',
    'I-05',
    `update invoice_line set usage_period = '2019-10' where charge_type = 'Adjustment'`,
  ],
  ['a line is of another price version', 'I-05', `update invoice_line set price_version = 1 where price_version = 2`],
  [
    'a published price is another one',
    'I-05',
    `update price_list_version set prices = replace(prices::text, '0.006789', '0.106789')::jsonb`,
  ],
  [
    'the tax is a cent too much',
    'I-05',
    `update invoice set tax_minor = tax_minor + 1, total_minor = total_minor + 1 where id = ${firstInvoice}`,
  ],
  [
    'a product was bought a day earlier than is billed',
    'I-05',
    `update product_placement set during = tstzrange(lower(during) - interval '1 day', upper(during)) where not upper_inf(during) and lower(during) = (select min(lower(during)) from product_placement)`,
  ],
  ['an offer that was sold has another price', 'I-05', `update product_offer set monthly_prices = '{"EUR": "49.91"}'`],
  [
    'a product is billed to the section that had it first',
    'I-05',
    `update invoice_line l set invoice_section_name = (select invoice_section_name from product_placement order by lower(during) limit 1) where line_kind = 'product'`,
  ],
  [
    'a product ended earlier than is billed',
    'I-05',
    `update product_placement set during = tstzrange(lower(during), '2019-12-10') where lower(during) = (select max(lower(during)) from product_placement)`,
  ],
  ['usage without a price is forgotten', 'I-05', `delete from invoice_run_unpriced`],
  [
    'a document is lost',
    'I-05',
    `delete from invoice_line where invoice_id = ${firstInvoice}; delete from invoice where id = ${firstInvoice}`,
  ],
  [
    'a number is left out',
    'I-15',
    `update invoice set number = regexp_replace(number, '\\d+$', '000000099') where id = ${firstInvoice}`,
  ],
  ['a number was given and is nowhere', 'I-15', `update invoice_series set last_number = last_number + 1`],
  [
    'the record of a link is lost',
    'I-17',
    `delete from audit_record where after->>'linkedAt' is not null and sequence = (select min(sequence) from audit_record where after->>'linkedAt' is not null)`,
  ],
  [
    'the record of a change of model is there twice',
    'I-17',
    `insert into audit_record (occurred_at, action, scope, after, correlation_id) select occurred_at, action, scope, after, correlation_id from audit_record where action like '%changeBillingModel%'`,
  ],
  [
    'the record of a change of payer is lost',
    'I-17',
    `delete from audit_record where action like '%billingSubscriptions/move%'`,
  ],
  [
    'the record of an invoice run is lost',
    'I-17',
    `delete from audit_record where action = 'Tenantry.Billing/invoiceRuns/write'`,
  ],
  ['a payment is lost', 'I-05', `delete from payment where kind = 'Payment' and family = 'CheckWire'`],
  [
    'more is taken back than was paid',
    'I-05',
    `update payment set amount_minor = amount_minor - 1 where kind = 'Reversal'`,
  ],
  ['credit is used that nobody has', 'I-05', `delete from billing_credit`],
  ['a payer is past due for nothing', 'I-05', `update billing_profile set status = 'PastDue'`],
  ['the record of a credit note is lost', 'I-17', `delete from audit_record where action like '%creditNotes%'`],
  [
    'an audit record says something else',
    'I-17',
    `update audit_record set principal_name = 'Somebody else' where sequence = (select min(sequence) from audit_record)`,
  ],
  [
    'an audit record and its link are gone',
    'I-17',
    `delete from audit_link where position = 2; delete from audit_record where sequence = (select min(sequence) from audit_record r where not exists (select from audit_link where record_sequence = r.sequence))`,
  ],
  [
    'a transfer says that it was carried out at another time',
    'I-17',
    `update billing_transfer set responsible_from = responsible_from + interval '1 hour'`,
  ],
  [
    'a transfer has no record of its acceptance',
    'I-17',
    `delete from audit_record where action = 'Microsoft.Billing/transfers/accept/action'`,
  ],
]

const of = (id: string): string[][] => corruptions.filter(([, named]) => named === id).map(([what]) => [what])

/** The invariants that the audit says are broken, once this has been done to the history. */
async function brokenAfter(what: string | undefined): Promise<string[]> {
  const statements = corruptions.find(([named]) => named === what)?.[2] ?? ''
  await client.query('begin isolation level repeatable read')
  try {
    await client.query(withoutGuards)
    const changed = await client.query(statements)
    const results = Array.isArray(changed) ? changed : [changed]
    expect(
      results.every(({ rowCount }) => (rowCount ?? 0) > 0),
      'the corruption changed something',
    ).toBe(true)
    const report = await auditSnapshot(client)
    for (const check of report.checks) if (!check.isKept) found.add(check.claim)
    expect(report.isClean).toBe(false)
    return report.checks.filter((check) => !check.isKept).map((check) => check.id)
  } finally {
    await client.query('rollback')
  }
}

test.for(of('I-02'))('I-02: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-02'),
)
test.for(of('I-03'))('I-03: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-03'),
)
test.for(of('I-04'))('I-04: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-04'),
)
test.for(of('I-05'))('I-05: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-05'),
)
test.for(of('I-07'))('I-07: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-07'),
)
test.for(of('I-08'))('I-08: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-08'),
)
test.for(of('I-10'))('I-10: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-10'),
)
test.for(of('I-11'))('I-11: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-11'),
)
test.for(of('I-15'))('I-15: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-15'),
)
test.for(of('I-16'))('I-16: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-16'),
)
test.for(of('I-17'))('I-17: when %s, the audit names it', async ([what]) =>
  expect(await brokenAfter(what)).toContain('I-17'),
)

test('D11: every check has been seen to find something', () => {
  expect(allChecks.map((check) => check.claim).filter((claim) => !found.has(claim))).toEqual([])
})
