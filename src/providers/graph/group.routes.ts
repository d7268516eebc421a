import { parseObjectId } from '../../domain/directory/object-id.ts'
import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import {
  addToGroup,
  changeGroup,
  createGroup,
  deleteGroup,
  type GroupLink,
  removeFromGroup,
} from '../../operations/change-group.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getGroup, type GroupObjects, listGroupsOfTenant, listObjectsOfGroup } from '../../operations/read-group.ts'
import { parseGraphBody, readReference, referenceBody } from './body.ts'
import { toWireDirectoryObject } from './directory-object.wire.ts'
import { graph, onEntity, onFilteredList, onList, pageOf, toEntity } from './entity.ts'
import { readFilter, textOf } from './filter.ts'
import { fromWireGroupChanges, fromWireNewGroup, groupChangesBody, newGroupBody, toWireGroup } from './group.wire.ts'

const filterable = {
  id: { type: 'guid', uses: ['eq'] },
  displayName: { type: 'text', uses: ['eq', 'startswith'] },
  mailNickname: { type: 'text', uses: ['eq'] },
  securityEnabled: { type: 'boolean', uses: ['eq'] },
} as const

const groupId = (request: ApiRequest): string => parseObjectId(pathParameter(request, 'group'))

const listObjects = (which: GroupObjects, id: string, summary: string): Operation<OperationContext> => ({
  ...graph,
  ...onList,
  id,
  method: 'GET',
  path: `/v1.0/groups/{group}/${which}`,
  statuses: [200],
  permission: 'groups/read',
  summary,
  async handle(context, request) {
    const load = (page: { after: string | undefined; limit: number }) =>
      listObjectsOfGroup(context, groupId(request), which, page)
    return ok(await pageOf(request, 'directoryObjects', load, (object) => object.id, toWireDirectoryObject))
  },
})

const addObject = (which: GroupLink, id: string, permission: string, summary: string): Operation<OperationContext> => ({
  ...graph,
  id,
  method: 'POST',
  path: `/v1.0/groups/{group}/${which}/$ref`,
  statuses: [204],
  permission,
  summary,
  body: referenceBody,
  async handle(context, request) {
    await addToGroup(context, groupId(request), which, readReference(request))
    return noContent()
  },
})

const removeObject = (
  which: GroupLink,
  id: string,
  permission: string,
  summary: string,
): Operation<OperationContext> => ({
  ...graph,
  id,
  method: 'DELETE',
  path: `/v1.0/groups/{group}/${which}/{object}/$ref`,
  statuses: [204],
  permission,
  summary,
  async handle(context, request) {
    await removeFromGroup(context, groupId(request), which, parseObjectId(pathParameter(request, 'object')))
    return noContent()
  },
})

export const groupOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onFilteredList,
    id: 'Graph_ListGroups',
    method: 'GET',
    path: '/v1.0/groups',
    statuses: [200],
    permission: 'groups/read',
    summary: 'The security groups of the tenant.',
    async handle(context, request) {
      const conditions = readFilter(request, filterable)
      const filter = {
        id: textOf(conditions, 'id'),
        displayName: textOf(conditions, 'displayName'),
        displayNamePrefix: textOf(conditions, 'displayName', 'startswith'),
        mailNickname: textOf(conditions, 'mailNickname'),
      }
      const isNone = conditions.some((condition) => condition.value === false)
      const load = async (page: { after: string | undefined; limit: number }) => {
        const groups = await listGroupsOfTenant(context, filter, page)
        return isNone ? [] : groups
      }
      return ok(await pageOf(request, 'groups', load, (group) => group.id, toWireGroup))
    },
  },
  {
    ...graph,
    id: 'Graph_CreateGroup',
    method: 'POST',
    path: '/v1.0/groups',
    statuses: [201],
    permission: 'groups/create',
    summary: 'Creates a security group, with members and owners if they are named.',
    body: newGroupBody,
    async handle(context, request) {
      const group = await createGroup(context, fromWireNewGroup(parseGraphBody(request, newGroupBody)))
      return created(toEntity(request, 'groups', toWireGroup(group)), {
        location: `${request.baseUrl}/v1.0/groups/${group.id}`,
      })
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetGroup',
    method: 'GET',
    path: '/v1.0/groups/{group}',
    statuses: [200],
    permission: 'groups/read',
    summary: 'A group by object id.',
    async handle(context, request) {
      return ok(toEntity(request, 'groups', toWireGroup(await getGroup(context, groupId(request)))))
    },
  },
  {
    ...graph,
    id: 'Graph_UpdateGroup',
    method: 'PATCH',
    path: '/v1.0/groups/{group}',
    statuses: [204],
    permission: 'groups/update, for members alone groups/updateMembers or owner of the group',
    summary: 'Changes what is named of a group; members that are named are added.',
    body: groupChangesBody,
    async handle(context, request) {
      const changes = fromWireGroupChanges(parseGraphBody(request, groupChangesBody))
      await changeGroup(context, groupId(request), changes)
      return noContent()
    },
  },
  {
    ...graph,
    id: 'Graph_DeleteGroup',
    method: 'DELETE',
    path: '/v1.0/groups/{group}',
    statuses: [204],
    permission: 'groups/delete',
    summary: 'Deletes a group softly: it reaches nobody from now on and keeps its object id.',
    async handle(context, request) {
      await deleteGroup(context, groupId(request))
      return noContent()
    },
  },
  listObjects('members', 'Graph_ListGroupMembers', 'Who is in the group itself.'),
  listObjects('transitiveMembers', 'Graph_ListGroupTransitiveMembers', 'Who is in the group or in a group inside it.'),
  listObjects('owners', 'Graph_ListGroupOwners', 'Who manages the membership of the group.'),
  addObject('members', 'Graph_AddGroupMember', 'groups/updateMembers, or owner of the group', 'Adds a member.'),
  addObject('owners', 'Graph_AddGroupOwner', 'groups/update', 'Adds an owner.'),
  removeObject(
    'members',
    'Graph_RemoveGroupMember',
    'groups/updateMembers, or owner of the group',
    'Removes a member.',
  ),
  removeObject('owners', 'Graph_RemoveGroupOwner', 'groups/update', 'Removes an owner.'),
]
