import { sql } from 'kysely'
import type { GroupAccount } from '../domain/directory/group-account.ts'
import type { Db } from './db.ts'
import { insertPrincipal, renamePrincipal } from './principal.ts'

export async function findGroup(db: Db, tenantId: string, id: string): Promise<GroupAccount | undefined> {
  const row = await current(db, tenantId).where('g.id', '=', id).executeTakeFirst()
  return row && toGroup(row)
}

export interface GroupFilter {
  readonly id?: string
  readonly displayName?: string
  readonly displayNamePrefix?: string
  readonly mailNickname?: string
}

export async function listGroups(
  db: Db,
  tenantId: string,
  filter: GroupFilter,
  page: { after?: string | undefined; limit: number },
): Promise<GroupAccount[]> {
  let query = current(db, tenantId)
  const name = sql<string>`lower(p.display_name)`
  if (filter.id !== undefined) query = query.where('g.id', '=', filter.id)
  if (filter.displayName !== undefined) query = query.where(name, '=', filter.displayName.toLowerCase())
  if (filter.displayNamePrefix !== undefined)
    query = query.where(sql<boolean>`starts_with(${name}, ${filter.displayNamePrefix.toLowerCase()})`)
  if (filter.mailNickname !== undefined)
    query = query.where(sql<string>`lower(g.mail_nickname)`, '=', filter.mailNickname.toLowerCase())
  if (page.after !== undefined) query = query.where('g.id', '>', page.after)
  const rows = await query.orderBy('g.id').limit(page.limit).execute()
  return rows.map(toGroup)
}

export async function insertGroup(
  db: Db,
  group: Omit<GroupAccount, 'revision' | 'isExternallyMastered'> & Partial<Pick<GroupAccount, 'isExternallyMastered'>>,
): Promise<void> {
  await insertPrincipal(db, { ...group, kind: 'group' })
  await db
    .insertInto('group_account')
    .values({
      id: group.id,
      tenant_id: group.tenantId,
      mail_nickname: group.mailNickname,
      description: group.description,
      is_externally_mastered: group.isExternallyMastered ?? false,
    })
    .execute()
}

export async function replaceGroup(db: Db, group: GroupAccount): Promise<void> {
  await renamePrincipal(db, group.id, group.displayName)
  await db
    .updateTable('group_account')
    .set({ mail_nickname: group.mailNickname, description: group.description })
    .where('id', '=', group.id)
    .execute()
}

interface Membership {
  readonly tenantId: string
  readonly groupId: string
  readonly principalId: string
}

/** False when the principal is a member already. */
export async function insertGroupMember(db: Db, membership: Membership, addedAt: Date): Promise<boolean> {
  const result = await db
    .insertInto('group_member')
    .values({
      tenant_id: membership.tenantId,
      group_id: membership.groupId,
      member_id: membership.principalId,
      added_at: addedAt,
    })
    .onConflict((conflict) => conflict.columns(['group_id', 'member_id']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function deleteGroupMember(db: Db, membership: Membership): Promise<boolean> {
  const result = await db
    .deleteFrom('group_member')
    .where('tenant_id', '=', membership.tenantId)
    .where('group_id', '=', membership.groupId)
    .where('member_id', '=', membership.principalId)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** False when the principal is an owner already. */
export async function insertGroupOwner(db: Db, ownership: Membership, addedAt: Date): Promise<boolean> {
  const result = await db
    .insertInto('group_owner')
    .values({
      tenant_id: ownership.tenantId,
      group_id: ownership.groupId,
      owner_id: ownership.principalId,
      added_at: addedAt,
    })
    .onConflict((conflict) => conflict.columns(['group_id', 'owner_id']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function deleteGroupOwner(db: Db, ownership: Membership): Promise<boolean> {
  const result = await db
    .deleteFrom('group_owner')
    .where('tenant_id', '=', ownership.tenantId)
    .where('group_id', '=', ownership.groupId)
    .where('owner_id', '=', ownership.principalId)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** A group of another directory that the user is a member or an owner of. */
export async function findMasteredGroupNameOf(db: Db, userId: string): Promise<string | undefined> {
  const result = await sql<{ display_name: string }>`
    select p.display_name from group_account g join principal p on p.id = g.id and p.purged_at is null
     where g.is_externally_mastered
       and (exists (select from group_member m where m.group_id = g.id and m.member_id = ${userId})
         or exists (select from group_owner o where o.group_id = g.id and o.owner_id = ${userId}))
     order by p.display_name limit 1`.execute(db)
  return result.rows[0]?.display_name
}

export async function isGroupOwner(db: Db, ownership: Membership): Promise<boolean> {
  const row = await db
    .selectFrom('group_owner')
    .select('owner_id')
    .where('tenant_id', '=', ownership.tenantId)
    .where('group_id', '=', ownership.groupId)
    .where('owner_id', '=', ownership.principalId)
    .executeTakeFirst()
  return row !== undefined
}

const current = (db: Db, tenantId: string) =>
  db
    .selectFrom('group_account as g')
    .innerJoin('principal as p', 'p.id', 'g.id')
    .select([
      'g.id',
      'g.tenant_id',
      'g.mail_nickname',
      'g.description',
      'g.is_externally_mastered',
      'p.display_name',
      'p.created_at',
      'p.revision',
    ])
    .where('g.tenant_id', '=', tenantId)
    .where('p.deleted_at', 'is', null)

type Row = Awaited<ReturnType<ReturnType<typeof current>['executeTakeFirstOrThrow']>>

function toGroup(row: Row): GroupAccount {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    displayName: row.display_name,
    createdAt: row.created_at,
    revision: row.revision,
    mailNickname: row.mail_nickname,
    description: row.description,
    isExternallyMastered: row.is_externally_mastered,
  }
}
