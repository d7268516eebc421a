import { isDeepStrictEqual } from 'node:util'
import type { GroupAccount } from '../domain/directory/group-account.ts'
import { objectNotFound } from '../domain/directory/object-id.ts'
import { conflict, invalid } from '../domain/refusal.ts'
import {
  deleteGroupMember,
  deleteGroupOwner,
  insertGroup,
  insertGroupMember,
  insertGroupOwner,
  isGroupOwner,
  replaceGroup,
} from '../store/group-account.ts'
import { isAgentsGroup } from '../store/partner.ts'
import { endPrincipal, findPrincipal } from '../store/principal.ts'
import { lockUser } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import { allowsDirectoryPermission, authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { scheduleFinalDeletion } from './delete-for-good.ts'
import { directoryScope } from './directory-scope.ts'
import { getGroupOf } from './read-group.ts'

export interface WantedGroup {
  readonly displayName: string
  readonly mailNickname: string
  readonly description: string | null
  readonly isExternallyMastered: boolean
  readonly memberIds: readonly string[]
  readonly ownerIds: readonly string[]
}

export async function createGroup(context: OperationContext, wanted: WantedGroup): Promise<GroupAccount> {
  const { db, caller, now } = context
  await authorizeDirectory(context, caller.tenantId, 'groups/create')
  const group = {
    id: context.random.uuid(),
    tenantId: caller.tenantId,
    displayName: wanted.displayName,
    createdAt: now,
    mailNickname: wanted.mailNickname,
    description: wanted.description,
    isExternallyMastered: wanted.isExternallyMastered,
  }
  requireMaster(context, group)
  await insertGroup(db, group)
  await appendAudit(context, {
    action: 'groups/create',
    scope: directoryScope(context, 'groups', group.id),
    after: group,
  })
  for (const id of wanted.memberIds) await link(context, group, 'members', id)
  const ownerIds = new Set(wanted.ownerIds)
  // Whoever manages no groups by a role owns what they made, or could do nothing with it (TEN-25).
  if (caller.kind === 'user' && !(await allowsDirectoryPermission(context, caller.tenantId, 'groups/updateMembers')))
    ownerIds.add(caller.objectId)
  for (const id of ownerIds) await link(context, group, 'owners', id)
  return { ...group, revision: 1n }
}

export interface GroupChanges {
  readonly displayName?: string | undefined
  readonly mailNickname?: string | undefined
  readonly description?: string | null | undefined
  /** Added to those that are there. */
  readonly memberIds?: readonly string[] | undefined
}

export async function changeGroup(context: OperationContext, id: string, changes: GroupChanges): Promise<void> {
  const { memberIds = [], ...own } = changes
  const isMoreThanMembers = Object.values(own).some((value) => value !== undefined)
  if (isMoreThanMembers || memberIds.length === 0)
    await authorizeDirectory(context, context.caller.tenantId, 'groups/update')
  else await authorizeMembers(context, id)
  const group = await getGroupOf(context, id)
  requireMaster(context, group)
  const changed = {
    ...group,
    displayName: own.displayName ?? group.displayName,
    mailNickname: own.mailNickname ?? group.mailNickname,
    description: own.description === undefined ? group.description : own.description,
  }
  if (isMoreThanMembers && !isDeepStrictEqual(changed, group)) {
    await replaceGroup(context.db, changed)
    await appendAudit(context, {
      action: 'groups/update',
      scope: directoryScope(context, 'groups', group.id),
      before: { ...group, revision: undefined },
      after: { ...changed, revision: undefined },
    })
  }
  for (const memberId of memberIds) await link(context, group, 'members', memberId)
}

/** Soft: it reaches nobody from now on, and can be restored with its members and roles for 30 days (TEN-22). */
export async function deleteGroup(context: OperationContext, id: string): Promise<void> {
  await authorizeDirectory(context, context.caller.tenantId, 'groups/delete')
  const group = await getGroupOf(context, id)
  requireMaster(context, group)
  if (await isAgentsGroup(context.db, group.id))
    throw conflict(
      'AgentsGroupRequired',
      `The members of the group '${group.displayName}' are the agents of the partner, so it stays. Remove its members instead.`,
    )
  await endPrincipal(context.db, group.id, context.now)
  await scheduleFinalDeletion(context, group.id)
  await appendAudit(context, {
    action: 'groups/delete',
    scope: directoryScope(context, 'groups', group.id),
    before: { ...group, revision: undefined },
  })
}

export type GroupLink = 'members' | 'owners'

export async function addToGroup(
  context: OperationContext,
  groupId: string,
  which: GroupLink,
  principalId: string,
): Promise<void> {
  await authorizeLink(context, groupId, which)
  const group = await getGroupOf(context, groupId)
  requireMaster(context, group)
  await link(context, group, which, principalId)
}

export async function removeFromGroup(
  context: OperationContext,
  groupId: string,
  which: GroupLink,
  principalId: string,
): Promise<void> {
  await authorizeLink(context, groupId, which)
  const group = await getGroupOf(context, groupId)
  requireMaster(context, group)
  const { tenantId } = group
  const membership = { tenantId, groupId, principalId }
  const isRemoved = await (which === 'members' ? deleteGroupMember : deleteGroupOwner)(context.db, membership)
  if (!isRemoved) throw objectNotFound(principalId)
  await appendAudit(context, {
    action: `groups/${which}/delete`,
    scope: directoryScope(context, 'groups', groupId),
    before: { principalId },
  })
}

const authorizeLink = (context: OperationContext, groupId: string, which: GroupLink): Promise<void> =>
  which === 'members'
    ? authorizeMembers(context, groupId)
    : authorizeDirectory(context, context.caller.tenantId, 'groups/update')

/** TEN-21: an owner manages the membership of their own groups, and of no other. */
async function authorizeMembers(context: OperationContext, groupId: string): Promise<void> {
  const { tenantId, objectId } = context.caller
  if (await allowsDirectoryPermission(context, tenantId, 'groups/updateMembers')) return
  if (await isGroupOwner(context.db, { tenantId, groupId, principalId: objectId })) return
  await authorizeDirectory(context, tenantId, 'groups/updateMembers')
}

/** What a directory elsewhere keeps is changed there; its application brings the change (TEN-21). */
function requireMaster({ caller }: OperationContext, group: Pick<GroupAccount, 'isExternallyMastered'>): void {
  if (!group.isExternallyMastered || caller.kind === 'servicePrincipal') return
  throw invalid(
    'Request_BadRequest',
    'Unable to update the specified properties for on-premises mastered Directory Sync objects. Change the group where it is kept; the application that synchronises it brings the change.',
    'onPremisesSyncEnabled',
  )
}

/** Groups may contain each other: who is reached is a set, so a circle adds nothing and ends. */
async function link(
  context: OperationContext,
  group: Pick<GroupAccount, 'id' | 'tenantId' | 'isExternallyMastered'>,
  which: GroupLink,
  id: string,
) {
  const principal = await findPrincipal(context.db, id)
  if (principal?.tenantId !== group.tenantId) throw objectNotFound(id)
  if (id === group.id) throw invalid('Request_BadRequest', 'A group cannot be a member or an owner of itself.', which)
  if (which === 'owners' && principal.kind === 'group')
    throw invalid('Request_BadRequest', 'A group cannot own a group. Name a user or a service principal.', which)
  if (group.isExternallyMastered && principal.kind === 'user') await refuseGuest(context, group.tenantId, id, which)
  const membership = { tenantId: group.tenantId, groupId: group.id, principalId: id }
  const insert = which === 'members' ? insertGroupMember : insertGroupOwner
  if (!(await insert(context.db, membership, context.now)))
    throw invalid(
      'Request_BadRequest',
      `One or more added object references already exist for the following modified properties: '${which}'.`,
      which,
    )
  await appendAudit(context, {
    action: `groups/${which}/write`,
    scope: directoryScope(context, 'groups', group.id),
    after: { principalId: id },
  })
}

/** The directory elsewhere does not know the guests of this one. */
async function refuseGuest(context: OperationContext, tenantId: string, id: string, which: GroupLink): Promise<void> {
  // Locked, so that nobody becomes a guest at this moment.
  const user = await lockUser(context.db, tenantId, id)
  if (user?.userType !== 'Guest' && user?.home === null) return
  throw invalid(
    'Request_BadRequest',
    'A guest cannot be put in a group that another directory masters. Use a group of this tenant.',
    which,
  )
}
