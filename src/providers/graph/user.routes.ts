import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { changeUser, createUser, deleteUser } from '../../operations/change-user.ts'
import { noticeHeaders } from '../../http/security-notice.ts'
import type { OperationContext } from '../../operations/context.ts'
import { holdsBillingAccount } from '../../operations/manage-invitation.ts'
import {
  getMe,
  getUser,
  listMembershipsOf,
  listUsersOfTenant,
  type Membership,
  type Memberships,
  seesIdsOnly,
} from '../../operations/read-user.ts'
import { revokeOwnSignIns, revokeSignIns } from '../../operations/revoke-sign-ins.ts'
import { parseGraphBody } from './body.ts'
import { toWireDirectoryObject } from './directory-object.wire.ts'
import { toWireRole } from './directory-role.wire.ts'
import { type Entity, graph, onEntity, onFilteredList, onList, pageOf, toEntity } from './entity.ts'
import { booleanOf, readFilter, textOf } from './filter.ts'
import { fromWireNewUser, fromWireUserChanges, newUserBody, toWireUser, userChangesBody } from './user.wire.ts'

const filterable = {
  id: { type: 'guid', uses: ['eq'] },
  userPrincipalName: { type: 'text', uses: ['eq', 'startswith'] },
  mail: { type: 'text', uses: ['eq', 'startswith'] },
  displayName: { type: 'text', uses: ['eq', 'startswith'] },
  userType: { type: 'text', uses: ['eq'] },
  accountEnabled: { type: 'boolean', uses: ['eq'] },
} as const

const listMemberships = (
  which: Memberships,
  root: '/v1.0/me' | '/v1.0/users/{user}',
  id: string,
  summary: string,
): Operation<OperationContext> => ({
  ...graph,
  ...onList,
  id,
  method: 'GET',
  path: `${root}/${which}`,
  statuses: [200],
  permission: root === '/v1.0/me' ? 'oneself' : 'users/read, or oneself',
  summary,
  async handle(context, request) {
    const user = await (request.params.user === undefined ? getMe(context) : getUser(context, request.params.user))
    const load = (page: { after: string | undefined; limit: number }) => listMembershipsOf(context, user, which, page)
    const toWire = (await seesIdsOnly(context)) ? toIdOnly : toWireMembership
    return ok(await pageOf(request, 'directoryObjects', load, (membership) => membership.id, toWire))
  },
})

const revokedAnswer = (request: ApiRequest) => ({
  '@odata.context': `${request.baseUrl}/v1.0/$metadata#Edm.Boolean`,
  value: true,
})

const toWireMembership = (membership: Membership): Entity =>
  membership.kind === 'group'
    ? toWireDirectoryObject(membership.group)
    : { '@odata.type': '#microsoft.graph.directoryRole', ...toWireRole(membership.role) }

/** TEN-18: the properties are there, as in Azure, and nothing but the id is in them. */
const toIdOnly = (membership: Membership): Entity =>
  Object.fromEntries(
    Object.entries(toWireMembership(membership)).map(([name, value]) => [
      name,
      name === 'id' || name.startsWith('@') ? value : null,
    ]),
  )

export const userOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onFilteredList,
    id: 'Graph_ListUsers',
    method: 'GET',
    path: '/v1.0/users',
    statuses: [200],
    permission: 'users/read',
    summary: 'The users of the tenant: members, guests and, in an identity tenant, consumers.',
    async handle(context, request) {
      const conditions = readFilter(request, filterable)
      const filter = {
        id: textOf(conditions, 'id'),
        userPrincipalName: textOf(conditions, 'userPrincipalName'),
        userPrincipalNamePrefix: textOf(conditions, 'userPrincipalName', 'startswith'),
        mail: textOf(conditions, 'mail'),
        mailPrefix: textOf(conditions, 'mail', 'startswith'),
        displayName: textOf(conditions, 'displayName'),
        displayNamePrefix: textOf(conditions, 'displayName', 'startswith'),
        userType: textOf(conditions, 'userType'),
        accountEnabled: booleanOf(conditions, 'accountEnabled'),
      }
      const load = (page: { after: string | undefined; limit: number }) => listUsersOfTenant(context, filter, page)
      return ok(await pageOf(request, 'users', load, (user) => user.id, toWireUser))
    },
  },
  {
    ...graph,
    id: 'Graph_CreateUser',
    method: 'POST',
    path: '/v1.0/users',
    statuses: [201],
    permission: 'users/create',
    summary: 'Creates a work account, or a consumer of an identity tenant by its sign-in identities.',
    body: newUserBody,
    async handle(context, request) {
      const user = await createUser(context, fromWireNewUser(parseGraphBody(request, newUserBody)))
      return created(toEntity(request, 'users', toWireUser(user)), {
        location: `${request.baseUrl}/v1.0/users/${user.id}`,
      })
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetMe',
    method: 'GET',
    path: '/v1.0/me',
    statuses: [200],
    permission: 'oneself',
    summary: 'The signed-in user.',
    async handle(context, request) {
      return ok(toEntity(request, 'users', toWireUser(await getMe(context))))
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetUser',
    method: 'GET',
    path: '/v1.0/users/{user}',
    statuses: [200],
    permission: 'users/read, or oneself',
    summary: 'A user by object id or user principal name.',
    async handle(context, request) {
      return ok(toEntity(request, 'users', toWireUser(await getUser(context, pathParameter(request, 'user')))))
    },
  },
  {
    ...graph,
    id: 'Graph_UpdateUser',
    method: 'PATCH',
    path: '/v1.0/users/{user}',
    statuses: [204],
    permission: 'users/update, for a password users/resetPassword',
    summary: 'Changes what is named of a user; a password is reset here too.',
    body: userChangesBody,
    async handle(context, request) {
      const changes = fromWireUserChanges(parseGraphBody(request, userChangesBody))
      const { isPromoted } = await changeUser(context, pathParameter(request, 'user'), changes)
      const isNoticed = isPromoted && (await holdsBillingAccount(context, context.caller.tenantId))
      return isNoticed ? { ...noContent(), headers: noticeHeaders(request.baseUrl) } : noContent()
    },
  },
  {
    ...graph,
    id: 'Graph_DeleteUser',
    method: 'DELETE',
    path: '/v1.0/users/{user}',
    statuses: [204],
    permission: 'users/delete',
    summary: 'Deletes a user softly: it works for nothing from now on and keeps its object id.',
    async handle(context, request) {
      await deleteUser(context, pathParameter(request, 'user'))
      return noContent()
    },
  },
  {
    ...graph,
    id: 'Graph_RevokeSignInSessions',
    method: 'POST',
    path: '/v1.0/users/{user}/revokeSignInSessions',
    statuses: [200],
    permission: 'users/resetPassword, or oneself',
    summary: 'Ends all sessions, codes and refresh tokens of a user.',
    async handle(context, request) {
      await revokeSignIns(context, pathParameter(request, 'user'))
      return ok(revokedAnswer(request))
    },
  },
  {
    ...graph,
    id: 'Graph_RevokeMySignInSessions',
    method: 'POST',
    path: '/v1.0/me/revokeSignInSessions',
    statuses: [200],
    permission: 'oneself',
    summary: "Ends all of one's own sessions, codes and refresh tokens.",
    async handle(context, request) {
      await revokeOwnSignIns(context)
      return ok(revokedAnswer(request))
    },
  },
  listMemberships('memberOf', '/v1.0/me', 'Graph_ListMyMemberOf', "One's own groups and directory roles."),
  listMemberships('memberOf', '/v1.0/users/{user}', 'Graph_ListUserMemberOf', "A user's groups and directory roles."),
  listMemberships(
    'transitiveMemberOf',
    '/v1.0/users/{user}',
    'Graph_ListUserTransitiveMemberOf',
    "A user's directory roles and groups, also those that contain a group of theirs.",
  ),
]
