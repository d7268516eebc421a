import type { Application, ApplicationPassword } from '../domain/directory/application.ts'
import type { Selectable } from 'kysely'
import { type Db, json } from './db.ts'
import type { Database } from './schema.ts'

export async function findApplicationByAppId(db: Db, appId: string): Promise<Application | undefined> {
  const row = await current(db).where('app_id', '=', appId).executeTakeFirst()
  return row && toApplication(row)
}

export async function findApplication(db: Db, tenantId: string, id: string): Promise<Application | undefined> {
  const row = await current(db).where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst()
  return row && toApplication(row)
}

export interface ApplicationFilter {
  readonly appId?: string
  readonly displayName?: string
  readonly displayNamePrefix?: string
}

export async function listApplications(
  db: Db,
  tenantId: string,
  filter: ApplicationFilter,
  page: { after?: string | undefined; limit: number },
): Promise<Application[]> {
  let query = current(db).where('tenant_id', '=', tenantId)
  if (filter.appId !== undefined) query = query.where('app_id', '=', filter.appId)
  if (filter.displayName !== undefined)
    query = query.where((row) => row(row.fn('lower', ['display_name']), '=', filter.displayName?.toLowerCase() ?? ''))
  if (filter.displayNamePrefix !== undefined) {
    const prefix = filter.displayNamePrefix.toLowerCase()
    query = query.where((row) =>
      row(row.fn('starts_with', [row.fn('lower', ['display_name']), row.val(prefix)]), '=', true),
    )
  }
  if (page.after !== undefined) query = query.where('id', '>', page.after)
  const rows = await query.orderBy('id').limit(page.limit).execute()
  return rows.map(toApplication)
}

type Defaulted = 'signInAudience' | 'redirectUris' | 'isFallbackPublicClient'

export async function insertApplication(
  db: Db,
  application: Omit<Application, 'revision' | Defaulted> & Partial<Pick<Application, Defaulted>>,
): Promise<void> {
  await db
    .insertInto('application')
    .values({
      id: application.id,
      app_id: application.appId,
      tenant_id: application.tenantId,
      display_name: application.displayName,
      ...(application.signInAudience === undefined ? {} : { sign_in_audience: application.signInAudience }),
      ...(application.redirectUris === undefined ? {} : { redirect_uris: json(application.redirectUris) }),
      ...(application.isFallbackPublicClient === undefined
        ? {}
        : { is_fallback_public_client: application.isFallbackPublicClient }),
      created_at: application.createdAt,
    })
    .execute()
}

export async function replaceApplication(
  db: Db,
  application: Pick<Application, 'id' | 'displayName' | Defaulted>,
): Promise<void> {
  await db
    .updateTable('application')
    .set((row) => ({
      display_name: application.displayName,
      sign_in_audience: application.signInAudience,
      redirect_uris: json(application.redirectUris),
      is_fallback_public_client: application.isFallbackPublicClient,
      revision: row('revision', '+', 1n),
    }))
    .where('id', '=', application.id)
    .execute()
}

export async function endApplication(db: Db, id: string, deletedAt: Date): Promise<void> {
  await db
    .updateTable('application')
    .set((row) => ({ deleted_at: deletedAt, revision: row('revision', '+', 1n) }))
    .where('id', '=', id)
    .execute()
}

export async function restoreApplication(db: Db, id: string): Promise<void> {
  await db
    .updateTable('application')
    .set((row) => ({ deleted_at: null, revision: row('revision', '+', 1n) }))
    .where('id', '=', id)
    .execute()
}

export async function insertApplicationOwner(
  db: Db,
  owner: { tenantId: string; applicationId: string; ownerId: string },
  addedAt: Date,
): Promise<void> {
  await db
    .insertInto('application_owner')
    .values({
      tenant_id: owner.tenantId,
      application_id: owner.applicationId,
      owner_id: owner.ownerId,
      added_at: addedAt,
    })
    .execute()
}

export async function isApplicationOwner(
  db: Db,
  owner: { tenantId: string; applicationId: string; ownerId: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('application_owner')
    .select('owner_id')
    .where('tenant_id', '=', owner.tenantId)
    .where('application_id', '=', owner.applicationId)
    .where('owner_id', '=', owner.ownerId)
    .executeTakeFirst()
  return row !== undefined
}

/** The secrets that an application may sign in with at an instant. */
export async function listUsablePasswords(db: Db, applicationId: string, at: Date): Promise<ApplicationPassword[]> {
  const rows = await db
    .selectFrom('application_password')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('start_at', '<=', at)
    .where('end_at', '>', at)
    .execute()
  return rows.map(toPassword)
}

export async function listPasswords(db: Db, applicationIds: readonly string[]): Promise<ApplicationPassword[]> {
  if (applicationIds.length === 0) return []
  const rows = await db
    .selectFrom('application_password')
    .selectAll()
    .where('application_id', 'in', applicationIds)
    .orderBy('start_at')
    .orderBy('key_id')
    .execute()
  return rows.map(toPassword)
}

export async function insertPassword(db: Db, password: ApplicationPassword): Promise<void> {
  await db
    .insertInto('application_password')
    .values({
      key_id: password.keyId,
      application_id: password.applicationId,
      display_name: password.displayName,
      hint: password.hint,
      secret_hash: password.secretHash,
      start_at: password.startAt,
      end_at: password.endAt,
    })
    .execute()
}

export async function deletePassword(db: Db, applicationId: string, keyId: string): Promise<boolean> {
  const result = await db
    .deleteFrom('application_password')
    .where('application_id', '=', applicationId)
    .where('key_id', '=', keyId)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

const current = (db: Db) => db.selectFrom('application').selectAll().where('deleted_at', 'is', null)

function toApplication(row: Selectable<Database['application']>): Application {
  return {
    id: row.id,
    appId: row.app_id,
    tenantId: row.tenant_id,
    displayName: row.display_name,
    signInAudience: row.sign_in_audience,
    redirectUris: row.redirect_uris,
    isFallbackPublicClient: row.is_fallback_public_client,
    createdAt: row.created_at,
    revision: row.revision,
  }
}

function toPassword(row: Selectable<Database['application_password']>): ApplicationPassword {
  return {
    keyId: row.key_id,
    applicationId: row.application_id,
    displayName: row.display_name,
    hint: row.hint,
    secretHash: row.secret_hash,
    startAt: row.start_at,
    endAt: row.end_at,
  }
}
