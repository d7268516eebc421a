import { sql } from 'kysely'
import type { DirectoryObject, PrincipalKind } from '../domain/directory/principal.ts'
import type { Db } from './db.ts'

interface ObjectPage {
  readonly after?: string | undefined
  readonly limit: number
}

export function listGroupMembers(
  db: Db,
  tenantId: string,
  groupId: string,
  page: ObjectPage,
): Promise<DirectoryObject[]> {
  return listObjects(
    db,
    tenantId,
    sql`select member_id as id from group_member where tenant_id = ${tenantId} and group_id = ${groupId}`,
    page,
  )
}

export function listGroupOwners(
  db: Db,
  tenantId: string,
  groupId: string,
  page: ObjectPage,
): Promise<DirectoryObject[]> {
  return listObjects(
    db,
    tenantId,
    sql`select owner_id as id from group_owner where tenant_id = ${tenantId} and group_id = ${groupId}`,
    page,
  )
}

/**
 * Members of the group and of every group inside it (TEN-21). `union` drops what was met before, so groups that
 * contain each other end; a deleted group passes nothing on.
 */
export function listTransitiveMembers(
  db: Db,
  tenantId: string,
  groupId: string,
  page: ObjectPage,
): Promise<DirectoryObject[]> {
  return listObjects(
    db,
    tenantId,
    sql`with recursive nested (id) as (
          select member_id from group_member where tenant_id = ${tenantId} and group_id = ${groupId}
          union
          select m.member_id from nested n
            join principal g on g.id = n.id and g.kind = 'group' and g.deleted_at is null
            join group_member m on m.group_id = n.id and m.tenant_id = ${tenantId}
        )
        select id from nested where id <> ${groupId}`,
    page,
  )
}

/** The groups that a principal is in itself. */
export function listGroupsOf(
  db: Db,
  tenantId: string,
  principalId: string,
  page: ObjectPage,
): Promise<DirectoryObject[]> {
  return listObjects(
    db,
    tenantId,
    sql`select group_id as id from group_member where tenant_id = ${tenantId} and member_id = ${principalId}`,
    page,
  )
}

/** The groups that a principal is in, itself or through another group that still is. */
export function listTransitiveGroupsOf(
  db: Db,
  tenantId: string,
  principalId: string,
  page: ObjectPage,
): Promise<DirectoryObject[]> {
  return listObjects(
    db,
    tenantId,
    sql`with recursive containing (id) as (
          select m.group_id from group_member m
            join principal g on g.id = m.group_id and g.deleted_at is null
           where m.tenant_id = ${tenantId} and m.member_id = ${principalId}
          union
          select m.group_id from containing c
            join group_member m on m.member_id = c.id and m.tenant_id = ${tenantId}
            join principal g on g.id = m.group_id and g.deleted_at is null
        )
        select id from containing`,
    page,
  )
}

/** The holders of a directory role, as the objects they are. */
export function listRoleMembers(
  db: Db,
  tenantId: string,
  roleTemplateId: string,
  page: ObjectPage,
): Promise<DirectoryObject[]> {
  return listObjects(
    db,
    tenantId,
    sql`select principal_id as id from directory_role_member
        where tenant_id = ${tenantId} and role_template_id = ${roleTemplateId}`,
    page,
  )
}

async function listObjects(
  db: Db,
  tenantId: string,
  ids: ReturnType<typeof sql>,
  page: ObjectPage,
): Promise<DirectoryObject[]> {
  const result = await sql<{
    id: string
    kind: PrincipalKind
    display_name: string
    user_principal_name: string | null
    mail: string | null
    app_id: string | null
  }>`
    select p.id, p.kind, p.display_name, u.user_principal_name, u.mail, sp.app_id
      from (${ids}) as chosen
      join principal p on p.id = chosen.id
      left join user_account u on u.id = p.id
      left join service_principal sp on sp.id = p.id
     where p.tenant_id = ${tenantId} and p.deleted_at is null
       and (${page.after ?? null}::uuid is null or p.id > ${page.after ?? null}::uuid)
     order by p.id
     limit ${page.limit}`.execute(db)
  return result.rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    displayName: row.display_name,
    userPrincipalName: row.user_principal_name,
    mail: row.mail,
    appId: row.app_id,
  }))
}
