import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { systemTimers } from '../src/adapters/timers.ts'
import { type RunningTenantry, startTenantry } from '../src/app.ts'
import { Session } from '../src/cli/session.ts'
import { readConfig } from '../src/config/config.ts'

export interface InvoiceRunSize {
  readonly profiles: number
  readonly subscriptions: number
  readonly linesEach: number
}

const period = '2026-10'
const ours = 'api-version=2026-11-01'

/** Meters of every price model that is counted over the month, so that a line costs what lines cost. */
const prices = [
  { model: 'perUnit', scope: 'profile', unitPrice: '0.0125' },
  { model: 'perUnit', scope: 'profile', unitPrice: '0.008' },
  { model: 'perUnit', scope: 'profile', unitPrice: '3.40' },
  { model: 'perUnit', scope: 'subscription', unitPrice: '0.05', includedQuantity: '10' },
  { model: 'perUnit', scope: 'profile', unitPrice: '0.00031' },
  {
    model: 'graduated',
    scope: 'profile',
    tiers: [
      { upTo: '1000', unitPrice: '0.10' },
      { upTo: '10000', unitPrice: '0.08' },
      { upTo: null, unitPrice: '0.05' },
    ],
  },
  {
    model: 'volume',
    scope: 'subscription',
    tiers: [
      { upTo: '50', unitPrice: '0.20' },
      { upTo: null, unitPrice: '0.15' },
    ],
  },
  { model: 'package', scope: 'subscription', packageSize: '100', packagePrice: '4.00' },
  { model: 'flat', scope: 'subscription', amount: '9.00' },
  { model: 'perUnit', scope: 'profile', unitPrice: '1.1' },
]

/** Customers, subscriptions and a month of their usage, made by the database itself; the list `bench` prices it. */
export function seedSql(size: InvoiceRunSize, tenantId: string): string {
  const each = Math.ceil(size.subscriptions / size.profiles)
  return `
      create function bench_id(kind text, n bigint) returns uuid language sql immutable
        as $$ select md5(kind || n)::uuid $$;
      insert into billing_account (name, tenant_id, display_name, agreement_type, account_type, currency, country_code, created_at, created_by)
        select 'account-' || n, '${tenantId}', 'Account ' || n, 'MicrosoftCustomerAgreement', 'Enterprise', 'EUR', 'SE',
          '2026-01-01', '${tenantId}' from generate_series(1, ${size.profiles}) n;
      insert into billing_profile (name, billing_account_name, display_name, currency, country_code, system_id, created_at, created_by)
        select 'PROFILE-' || n, 'account-' || n, 'Profile ' || n, 'EUR', 'SE', 'P', '2026-10-01', '${tenantId}'
        from generate_series(1, ${size.profiles}) n;
      insert into invoice_section (name, billing_profile_name, display_name, system_id, created_at, created_by)
        select 'SECTION-' || n, 'PROFILE-' || n, 'Section ' || n, 'S', '2026-10-01', '${tenantId}'
        from generate_series(1, ${size.profiles}) n;
      insert into price_list_assignment (billing_profile_name, during, price_list_name)
        select 'PROFILE-' || n, tstzrange('2026-01-01', null), 'bench' from generate_series(1, ${size.profiles}) n;
      insert into subscription (id, display_name, state, offer, created_at, created_by)
        select bench_id('s', n), 'Subscription ' || n, 'Active', 'direct', '2026-10-01', '${tenantId}'
        from generate_series(1, ${size.subscriptions}) n;
      insert into billing_placement (subscription_id, during, billing_profile_name, invoice_section_name)
        select bench_id('s', n), tstzrange('2026-10-01', null), 'PROFILE-' || (n - 1) / ${each} + 1,
          'SECTION-' || (n - 1) / ${each} + 1 from generate_series(1, ${size.subscriptions}) n;
      insert into usage_batch (reported_at, event_count) values ('2026-10-31', 1);
      insert into usage_sum (placement_id, subscription_id, meter_id, grouping_key, usage_day, quantity, event_count)
        select p.id, p.subscription_id, 'meter-' || m, bench_id('r' || m, p.id)::text,
          date '2026-10-01' + ((p.id * 7 + m) % 31)::int, ((p.id * 37 + m * 11) % 5000)::numeric / 10 + 0.1, 1
        from billing_placement p, generate_series(0, ${size.linesEach - 1}) m;
      analyze;`
}

/** The list that prices the first `meters` meters of the seed. */
export const benchPriceList = (meters: number) => ({
  properties: {
    currency: 'EUR',
    effectiveFrom: '2026-01-01',
    prices: prices.slice(0, meters).map((price, index) => ({
      meterId: `meter-${index}`,
      unit: 'unit',
      productName: { en: `Product ${index}` },
      serviceFamily: index % 2 === 0 ? 'Compute' : 'Storage',
      price,
    })),
  },
})

/** A server whose tables hold a month of usage, put there by SQL alone. */
export class InvoiceRunWorld {
  readonly pool: pg.Pool
  private readonly running: RunningTenantry
  private readonly session: Session

  private constructor(running: RunningTenantry, session: Session) {
    this.running = running
    this.session = session
    this.pool = new pg.Pool({ connectionString: running.databaseUrl, max: 2 })
  }

  static async start(dataDir: string): Promise<InvoiceRunWorld> {
    const config = readConfig({ TENANTRY_DATA_DIR: dataDir, TENANTRY_PORT: '0', TENANTRY_LOG_LEVEL: 'warn' }, 'sandbox')
    const running = await startTenantry(config)
    const session = new Session(
      running.baseUrl,
      await readFile(running.caFile, 'utf8'),
      running.operator,
      systemTimers(() => undefined),
    )
    const world = new InvoiceRunWorld(running, session)
    await world.setClock('2026-10-01T00:00:00Z')
    return world
  }

  async seed(size: InvoiceRunSize): Promise<void> {
    await this.send(
      'PUT',
      `/providers/Tenantry.Pricing/priceLists/bench/versions/1?${ours}`,
      benchPriceList(size.linesEach),
    )
    await this.send('PUT', `/providers/Tenantry.Billing/issuer?${ours}`, {
      properties: { legalName: 'Bench AB', taxId: 'SE1', taxRates: [{ country: 'SE', rate: '25' }] },
    })
    await this.pool.query(seedSql(size, this.running.operator.tenantId))
  }

  async close(): Promise<void> {
    await this.setClock('2026-11-04T00:00:00Z')
  }

  /** Asks for the run and answers when it is finished. */
  async run(): Promise<{ readonly lines: number; readonly parked: number }> {
    const started = await this.session.send(
      'operator',
      'PUT',
      `/providers/Tenantry.Billing/invoiceRuns/${period}?${ours}`,
      {},
    )
    const reply = await this.session.finish('operator', started)
    const { properties } = reply.body as { properties: { progress: { lines: number }; parked: unknown[] } }
    if (reply.status !== 200) throw new Error(JSON.stringify(reply.body))
    return { lines: properties.progress.lines, parked: properties.parked.length }
  }

  async stop(): Promise<void> {
    this.session.close()
    await this.pool.end()
    await this.running.stop()
  }

  private async setClock(now: string): Promise<void> {
    await this.send('PUT', `/providers/Tenantry.Sandbox/clock?${ours}`, { properties: { now } })
  }

  private async send(method: string, path: string, body: unknown): Promise<void> {
    const reply = await this.session.send('operator', method, path, body)
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(reply.body)}`)
  }
}
