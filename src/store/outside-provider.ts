import type { Selectable } from 'kysely'
import type { OutsideProvider } from '../domain/directory/outside-provider.ts'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface SealedSecret {
  readonly sealed: string
  readonly keyId: string
}

export type ProviderWithSecret = OutsideProvider & { readonly secret: SealedSecret }

/** The provider of a tenant that exists now. */
export async function findOutsideProvider(db: Db, id: string): Promise<ProviderWithSecret | undefined> {
  const row = await ofCurrentTenants(db).where('o.id', '=', id).executeTakeFirst()
  return row && toProvider(row)
}

/** For who changes it. */
export async function lockOutsideProvider(db: Db, id: string): Promise<ProviderWithSecret | undefined> {
  const row = await ofCurrentTenants(db).where('o.id', '=', id).forUpdate('o').executeTakeFirst()
  return row && toProvider(row)
}

/** Kept as it is until the transaction ends, so that a sign-in and the end of its provider take turns. */
export async function holdOutsideProvider(db: Db, id: string): Promise<ProviderWithSecret | undefined> {
  const row = await ofCurrentTenants(db).where('o.id', '=', id).forShare('o').executeTakeFirst()
  return row && toProvider(row)
}

export async function listOutsideProviders(db: Db, tenantId: string): Promise<ProviderWithSecret[]> {
  const rows = await ofCurrentTenants(db)
    .where('o.tenant_id', '=', tenantId)
    .orderBy('o.display_name')
    .orderBy('o.id')
    .execute()
  return rows.map(toProvider)
}

export async function insertOutsideProvider(db: Db, provider: ProviderWithSecret): Promise<void> {
  await db
    .insertInto('outside_provider')
    .values({ id: provider.id, tenant_id: provider.tenantId, created_at: provider.createdAt, ...columns(provider) })
    .execute()
}

export async function replaceOutsideProvider(db: Db, provider: ProviderWithSecret): Promise<void> {
  await db.updateTable('outside_provider').set(columns(provider)).where('id', '=', provider.id).execute()
}

/** Whoever is on the way through it does not come back. */
export async function deleteOutsideProvider(db: Db, id: string): Promise<void> {
  await db.deleteFrom('outside_provider').where('id', '=', id).execute()
}

const ofCurrentTenants = (db: Db) =>
  db
    .selectFrom('outside_provider as o')
    .innerJoin('tenant as t', 't.id', 'o.tenant_id')
    .selectAll('o')
    .where('t.deleted_at', 'is', null)

const columns = (provider: ProviderWithSecret) => ({
  display_name: provider.displayName,
  client_id: provider.clientId,
  sealed_secret: provider.secret.sealed,
  secret_key_id: provider.secret.keyId,
  metadata_url: provider.metadataUrl,
  scope: provider.scope,
  domain_hint: provider.domainHint,
  allows_sign_up: provider.allowsSignUp,
})

const toProvider = (row: Selectable<Database['outside_provider']>): ProviderWithSecret => ({
  id: row.id,
  tenantId: row.tenant_id,
  displayName: row.display_name,
  clientId: row.client_id,
  secret: { sealed: row.sealed_secret, keyId: row.secret_key_id },
  metadataUrl: row.metadata_url,
  scope: row.scope,
  domainHint: row.domain_hint,
  allowsSignUp: row.allows_sign_up,
  createdAt: row.created_at,
})
