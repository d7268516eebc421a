import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import type { SignInEvent, ResourceUsageEvent, UsageEvent } from '../../src/domain/metering/usage-event.ts'
import { type Db, openDatabase } from '../../src/store/db.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded/embedded-postgres.ts'
import { migrate } from '../../src/store/migrate.ts'
import {
  createPostgresUsageStore,
  type PostgresUsageStoreOptions,
} from '../../src/usage/postgres/postgres-usage-store.ts'
import type { ItemOutcome, QuantityRow, Reporter, UsageStore } from '../../src/usage/usage-store.ts'

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** One database with the usage store on it, and the facts that attribution asks for, written straight into tables. */
export class UsageWorld {
  readonly db: Db
  readonly pool: pg.Pool
  readonly reporter: Reporter = { tenantId: randomUUID(), principalId: randomUUID() }
  readonly profile = `PROF-${randomBytes(6).toString('hex')}`
  readonly section = `SECT-${randomBytes(6).toString('hex')}`
  store: UsageStore
  now = new Date('2026-10-15T12:00:00.000Z')
  private readonly close: () => Promise<void>

  private constructor(opened: ReturnType<typeof openDatabase>, close: () => Promise<void>) {
    this.db = opened.db
    this.pool = opened.pool
    this.close = close
    this.store = this.openStore()
  }

  static async start(): Promise<UsageWorld> {
    const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-usage-'))
    const server = await startEmbeddedPostgres({
      dataDir,
      log: () => undefined,
      randomSecret: () => randomBytes(24).toString('base64url'),
      sleep,
    })
    const opened = openDatabase(server.poolConfig)
    await migrate(opened.pool, new Date('2026-01-01T00:00:00Z'))
    const world = new UsageWorld(opened, async () => {
      await opened.close()
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    })
    await world.addPayer()
    return world
  }

  stop(): Promise<void> {
    return this.close()
  }

  openStore(options: Partial<PostgresUsageStoreOptions> = {}): UsageStore {
    return createPostgresUsageStore({ pool: this.pool, now: () => this.now, ...options })
  }

  async query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.pool.query(text, values)).rows as Record<string, unknown>[]
  }

  async addTenant(kind: 'identity' | 'workforce' = 'identity', hasPricing = false): Promise<string> {
    const id = randomUUID()
    await this.query(
      `insert into tenant (id, kind, display_name, country_code, data_residency, external_identity_pricing, created_at)
       values ($1, $2, 'A tenant', 'SE', 'europe', $3, '2015-01-01')`,
      [id, kind, hasPricing],
    )
    return id
  }

  async addSubscription(): Promise<string> {
    const id = randomUUID()
    await this.query(
      `insert into subscription (id, display_name, state, offer, created_at, created_by)
       values ($1, 'A subscription', 'Active', 'direct', '2015-01-01', $1)`,
      [id],
    )
    return id
  }

  /** A subscription that the world's profile pays for. */
  async addPaidSubscription(): Promise<string> {
    const id = await this.addSubscription()
    await this.place(id, '2015-01-01T00:00:00Z')
    return id
  }

  async place(subscriptionId: string, from: string, to: string | null = null): Promise<bigint> {
    const [row] = await this.query(
      `insert into billing_placement (subscription_id, during, billing_profile_name, invoice_section_name)
       values ($1, tstzrange($2, $3, '[)'), $4, $5) returning id::text`,
      [subscriptionId, from, to, this.profile, this.section],
    )
    return BigInt(row!.id as string)
  }

  async addResource(subscriptionId: string, group: string, type: string, name: string): Promise<string> {
    const uid = randomUUID()
    await this.query(
      `insert into resource (uid, subscription_id, resource_group_key, type, type_key, name, name_key, location,
         created_at, created_by, changed_at, changed_by)
       values ($1, $2, lower($3), $4, lower($4), $5, lower($5), 'europe', '2015-01-01', '{}', '2015-01-01', '{}')`,
      [uid, subscriptionId, group, type, name],
    )
    await this.query(
      `insert into resource_placement (resource_uid, during, subscription_id, resource_group_key)
       values ($1, tstzrange('2015-01-01', null, '[)'), $2, lower($3))`,
      [uid, subscriptionId, group],
    )
    return uid
  }

  /** Links a tenant; models are given as instants from which each holds. */
  async link(
    tenantId: string,
    subscriptionId: string,
    from: string,
    models: readonly (readonly ['perAuthentication' | 'mau', string])[],
    to: string | null = null,
  ): Promise<string> {
    const linkId = await this.addResource(
      subscriptionId,
      'identity',
      'Microsoft.AzureActiveDirectory/b2cDirectories',
      randomUUID(),
    )
    await this.change(async (query) => {
      await query(
        `insert into identity_link (identity_tenant_id, during, link_id, subscription_id)
         values ($1, tstzrange($2, $3, '[)'), $4, $5)`,
        [tenantId, from, to, linkId, subscriptionId],
      )
      for (const [index, [model, since]] of models.entries()) {
        await query(
          `insert into metering_model (link_id, during, model, decided_by) values ($1, tstzrange($2, $3, '[)'), $4, $1)`,
          [linkId, since, models[index + 1]?.[1] ?? to, model],
        )
      }
    })
    return linkId
  }

  /** Changes facts of attribution as operations do: under the exclusive lock, with the version raised. */
  async change(run: (query: (text: string, values?: unknown[]) => Promise<unknown>) => Promise<void>): Promise<void> {
    const client = await this.pool.connect()
    try {
      await client.query(
        'begin; select pg_advisory_xact_lock(7261001); update attribution_version set version = version + 1',
      )
      await run((text, values) => client.query(text, values))
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
  }

  async report(events: readonly UsageEvent[], reporter: Reporter = this.reporter): Promise<readonly ItemOutcome[]> {
    return this.store.append(reporter, events)
  }

  async statuses(events: readonly UsageEvent[], reporter: Reporter = this.reporter): Promise<string[]> {
    return (await this.report(events, reporter)).map((outcome) => ('code' in outcome ? outcome.code : outcome.status))
  }

  async quantitiesOf(subscriptionId: string): Promise<QuantityRow[]> {
    const rows: QuantityRow[] = []
    for await (const row of this.store.quantities({ subscriptionIds: [subscriptionId] })) rows.push(row)
    return rows
  }

  /** `meter day quantity`, which is what most tests ask. */
  async totalsOf(subscriptionId: string): Promise<string[]> {
    return (await this.quantitiesOf(subscriptionId))
      .map((row) => `${row.meterId} ${row.usageDay} ${row.quantity}`)
      .sort()
  }

  async counts(
    tenantId: string,
    period = '2026-10',
  ): Promise<{ authentications: number; paidUsers: number; mau: number }> {
    const month = await this.store.monthlyActiveUsers(tenantId, period)
    return {
      authentications: Number(month.authentications),
      paidUsers: Number(month.paidUsers),
      mau: Number(month.monthlyActiveUsers),
    }
  }

  private async addPayer(): Promise<void> {
    const tenantId = await this.addTenant('workforce')
    const account = `${randomUUID()}:${randomUUID()}_2019-05-31`
    await this.query(
      `insert into billing_account (name, tenant_id, display_name, agreement_type, account_type, currency, country_code,
         created_at, created_by)
       values ($1, $2, 'A payer', 'MicrosoftCustomerAgreement', 'Enterprise', 'EUR', 'SE', '2015-01-01', $2)`,
      [account, tenantId],
    )
    await this.query(
      `insert into billing_profile (name, billing_account_name, display_name, currency, country_code, system_id,
         created_at, created_by) values ($1, $2, 'A profile', 'EUR', 'SE', $1, '2015-01-01', $3)`,
      [this.profile, account, tenantId],
    )
    await this.query(
      `insert into invoice_section (name, billing_profile_name, display_name, system_id, created_at, created_by)
       values ($1, $2, 'A section', $1, '2015-01-01', $3)`,
      [this.section, this.profile, tenantId],
    )
  }
}

let lastId = 0

export function signIn(
  tenantId: string,
  userId: string,
  at: string,
  rest: Partial<Omit<SignInEvent, 'type'>> = {},
): SignInEvent {
  return {
    type: 'authentication',
    source: 'urn:test:identity',
    id: `event-${++lastId}`,
    subject: userId,
    usageAtMs: new Date(at).getTime(),
    identityTenantId: tenantId,
    kind: 'interactiveSignIn',
    userType: undefined,
    outcome: undefined,
    ...rest,
  }
}

export function resourceUsage(
  resourceId: string,
  meterId: string,
  quantity: string,
  at: string,
  rest: Partial<ResourceUsageEvent> = {},
): ResourceUsageEvent {
  const usageAtMs = new Date(at).getTime()
  return {
    type: 'usage',
    source: 'urn:test:meters',
    id: `event-${++lastId}`,
    subject: resourceId,
    usageAtMs,
    occurredAtMs: usageAtMs,
    usageEndAtMs: usageAtMs,
    meterId,
    quantity,
    location: undefined,
    tags: undefined,
    ...rest,
  }
}
