import { sql } from 'kysely'
import type { DeletedItem, DeletedItemKind } from '../domain/directory/deleted-item.ts'
import type { Db } from './db.ts'

/** Deleted after `since` and not finally yet. */
export async function listDeletedItems(
  db: Db,
  tenantId: string,
  kind: DeletedItemKind,
  since: Date,
  page: { after?: string | undefined; limit: number },
): Promise<DeletedItem[]> {
  const result = await sql<Row>`
    select * from (${deletedItems}) as item
     where tenant_id = ${tenantId} and kind = ${kind} and deleted_at > ${since}
       and (${page.after ?? null}::uuid is null or id > ${page.after ?? null}::uuid)
     order by id limit ${page.limit}`.execute(db)
  return result.rows.map(toItem)
}

export async function findDeletedItem(db: Db, tenantId: string, id: string): Promise<DeletedItem | undefined> {
  const result = await sql<Row>`
    select * from (${deletedItems}) as item where tenant_id = ${tenantId} and id = ${id}`.execute(db)
  return result.rows.map(toItem)[0]
}

/** The same for work that knows only the id. */
export async function findDeletedItemAnywhere(db: Db, id: string): Promise<DeletedItem | undefined> {
  const result = await sql<Row>`select * from (${deletedItems}) as item where id = ${id}`.execute(db)
  return result.rows.map(toItem)[0]
}

/**
 * Makes a deletion final: what the item belonged to lets go of it, and nothing that says who it was is kept. Roles
 * that were given to it stay and name nobody.
 */
export async function purgeItem(db: Db, { id, kind }: Pick<DeletedItem, 'id' | 'kind'>, at: Date): Promise<void> {
  if (kind === 'application') {
    await db.deleteFrom('application_password').where('application_id', '=', id).execute()
    await db.deleteFrom('application_owner').where('application_id', '=', id).execute()
    await db.updateTable('application').set({ purged_at: at, display_name: '' }).where('id', '=', id).execute()
    return
  }
  await db.deleteFrom('group_member').where('member_id', '=', id).execute()
  await db.deleteFrom('group_owner').where('owner_id', '=', id).execute()
  await db.deleteFrom('application_owner').where('owner_id', '=', id).execute()
  await db.deleteFrom('directory_role_member').where('principal_id', '=', id).execute()
  await db.deleteFrom('app_role_assignment').where('principal_id', '=', id).execute()
  if (kind === 'group') await forgetGroup(db, id)
  if (kind === 'user') await forgetUser(db, id)
  await db.updateTable('principal').set({ purged_at: at, display_name: '' }).where('id', '=', id).execute()
}

async function forgetGroup(db: Db, id: string): Promise<void> {
  await db.deleteFrom('group_member').where('group_id', '=', id).execute()
  await db.deleteFrom('group_owner').where('group_id', '=', id).execute()
  await db.updateTable('group_account').set({ mail_nickname: '', description: null }).where('id', '=', id).execute()
}

async function forgetUser(db: Db, id: string): Promise<void> {
  await db
    .updateTable('user_account')
    .set({
      user_principal_name: id.replaceAll('-', ''),
      mail: null,
      mail_nickname: null,
      given_name: null,
      surname: null,
      account_enabled: false,
      home_tenant_id: null,
      home_object_id: null,
      identities: '[]',
      password_hash: null,
    })
    .where('id', '=', id)
    .execute()
}

const deletedItems = sql`
  select p.id, p.tenant_id, p.kind, p.display_name, p.created_at, p.deleted_at, u.user_principal_name, u.mail, s.app_id
    from principal p
    left join user_account u on u.id = p.id
    left join service_principal s on s.id = p.id
   where p.deleted_at is not null and p.purged_at is null
  union all
  select a.id, a.tenant_id, 'application', a.display_name, a.created_at, a.deleted_at, null, null, a.app_id
    from application a
   where a.deleted_at is not null and a.purged_at is null`

interface Row {
  readonly id: string
  readonly tenant_id: string
  readonly kind: DeletedItemKind
  readonly display_name: string
  readonly created_at: Date
  readonly deleted_at: Date
  readonly user_principal_name: string | null
  readonly mail: string | null
  readonly app_id: string | null
}

const toItem = (row: Row): DeletedItem => ({
  id: row.id,
  tenantId: row.tenant_id,
  kind: row.kind,
  displayName: row.display_name,
  createdAt: row.created_at,
  deletedAt: row.deleted_at,
  userPrincipalName: row.user_principal_name,
  mail: row.mail,
  appId: row.app_id,
})
