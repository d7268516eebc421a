import { sql } from 'kysely'
import type { RegistrationState } from '../domain/resource/resource-provider.ts'
import type { Db } from './db.ts'

interface ProviderRegistration {
  readonly namespace: string
  readonly state: RegistrationState
}

/** What was registered or unregistered in the subscription; a namespace that is absent was never used. */
export async function listProviderRegistrations(
  db: Db,
  subscriptionId: string,
): Promise<Map<string, ProviderRegistration>> {
  const rows = await db
    .selectFrom('provider_registration')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .orderBy('namespace_key')
    .execute()
  return new Map(rows.map((row) => [row.namespace_key, { namespace: row.namespace, state: row.state }]))
}

export async function findRegistrationState(
  db: Db,
  subscriptionId: string,
  namespace: string,
): Promise<RegistrationState> {
  const row = await db
    .selectFrom('provider_registration')
    .select('state')
    .where('subscription_id', '=', subscriptionId)
    .where('namespace_key', '=', namespace.toLowerCase())
    .executeTakeFirst()
  return row?.state ?? 'NotRegistered'
}

export async function putRegistrationState(
  db: Db,
  subscriptionId: string,
  namespace: string,
  state: 'Registered' | 'Unregistered',
): Promise<void> {
  await db
    .insertInto('provider_registration')
    .values({ subscription_id: subscriptionId, namespace, namespace_key: namespace.toLowerCase(), state })
    .onConflict((conflict) => conflict.columns(['subscription_id', 'namespace_key']).doUpdateSet({ state }))
    .execute()
}

/** Live resources of any type of the namespace. */
export async function countResourcesOfNamespace(db: Db, subscriptionId: string, namespace: string): Promise<number> {
  const row = await db
    .selectFrom('resource')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('subscription_id', '=', subscriptionId)
    .where('deleted_at', 'is', null)
    .where(sql<boolean>`starts_with(type_key, ${`${namespace.toLowerCase()}/`})`)
    .executeTakeFirstOrThrow()
  return row.count
}
