import type { GroupAccount } from '../domain/directory/group-account.ts'
import { objectNotFound } from '../domain/directory/object-id.ts'
import type { DirectoryObject } from '../domain/directory/principal.ts'
import { listGroupMembers, listGroupOwners, listTransitiveMembers } from '../store/directory-object.ts'
import { findGroup, type GroupFilter, listGroups } from '../store/group-account.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'

interface ObjectPage {
  readonly after?: string | undefined
  readonly limit: number
}

export async function getGroup(context: OperationContext, id: string): Promise<GroupAccount> {
  await authorizeDirectory(context, context.caller.tenantId, 'groups/read')
  return getGroupOf(context, id)
}

export async function listGroupsOfTenant(
  context: OperationContext,
  filter: GroupFilter,
  page: ObjectPage,
): Promise<GroupAccount[]> {
  await authorizeDirectory(context, context.caller.tenantId, 'groups/enumerate')
  return listGroups(context.db, context.caller.tenantId, filter, page)
}

const lists = { members: listGroupMembers, owners: listGroupOwners, transitiveMembers: listTransitiveMembers } as const
export type GroupObjects = keyof typeof lists

/** TEN-21: `transitiveMembers` is who a role given to the group reaches. */
export async function listObjectsOfGroup(
  context: OperationContext,
  id: string,
  which: GroupObjects,
  page: ObjectPage,
): Promise<DirectoryObject[]> {
  const group = await getGroup(context, id)
  return lists[which](context.db, group.tenantId, group.id, page)
}

/** A group of the caller's tenant; who calls it has authorised. */
export async function getGroupOf(context: OperationContext, id: string): Promise<GroupAccount> {
  const group = await findGroup(context.db, context.caller.tenantId, id)
  if (!group) throw objectNotFound(id)
  return group
}
