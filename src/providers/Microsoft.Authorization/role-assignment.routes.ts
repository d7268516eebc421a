import { invalid } from '../../domain/refusal.ts'
import { guid, parseBody } from '../../http/body.ts'
import {
  type ApiRequest,
  created,
  noContent,
  type Operation,
  ok,
  pathParameter,
  queryValue,
} from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import {
  createRoleAssignment,
  getRoleAssignment,
  keyOfRoleAssignment,
  listRoleAssignmentsOfScope,
  removeRoleAssignment,
} from '../../operations/assign-role.ts'
import type { OperationContext } from '../../operations/context.ts'
import { parseRoleAssignmentFilter, roleAssignmentBody, toWireRoleAssignment } from './role-assignment.wire.ts'
import { roleApiVersions, scopeOf } from './scope.wire.ts'

const path = '{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}'
const common = { apiVersions: roleApiVersions, authentication: 'bearer' } as const

/** The SDKs' operations by id are these with the scope inside the id. */
export const roleAssignmentOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'RoleAssignments_Create',
    method: 'PUT',
    path,
    statuses: [200, 201],
    permission: 'Microsoft.Authorization/roleAssignments/write',
    summary: 'Gives a role at a scope to a user, group or application of the tenant that the subscription trusts.',
    body: roleAssignmentBody,
    async handle(context, request) {
      const { properties } = parseBody(request, roleAssignmentBody)
      const { assignment, isNew } = await createRoleAssignment(context, {
        scope: scopeOf(request),
        id: nameOf(request),
        roleDefinitionId: properties.roleDefinitionId,
        principalId: properties.principalId,
        principalType: properties.principalType,
        description: properties.description ?? null,
      })
      return isNew ? created(toWireRoleAssignment(assignment)) : ok(toWireRoleAssignment(assignment))
    },
  },
  {
    ...common,
    id: 'RoleAssignments_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'Microsoft.Authorization/roleAssignments/read',
    summary: 'One role assignment.',
    query: { tenantId: 'optional' },
    async handle(context, request) {
      checkTenant(context, request)
      return ok(toWireRoleAssignment(await getRoleAssignment(context, scopeOf(request), nameOf(request))))
    },
  },
  {
    ...common,
    id: 'RoleAssignments_Delete',
    method: 'DELETE',
    path,
    statuses: [200, 204],
    permission: 'Microsoft.Authorization/roleAssignments/delete',
    summary: 'Takes a role away; the last Owner of a subscription stays.',
    query: { tenantId: 'optional' },
    async handle(context, request) {
      checkTenant(context, request)
      const deleted = await removeRoleAssignment(context, scopeOf(request), nameOf(request))
      return deleted ? ok(toWireRoleAssignment(deleted)) : noContent()
    },
  },
  {
    ...common,
    id: 'RoleAssignments_ListForScope',
    method: 'GET',
    path: '{scope}/providers/Microsoft.Authorization/roleAssignments',
    statuses: [200],
    permission: 'Microsoft.Authorization/roleAssignments/read',
    summary: 'Role assignments at, above and below a scope.',
    query: { $filter: 'optional', tenantId: 'optional', $skipToken: 'optional' },
    async handle(context, request) {
      checkTenant(context, request)
      const page = readPage(request)
      const found = await listRoleAssignmentsOfScope(context, {
        scope: scopeOf(request),
        ...parseRoleAssignmentFilter(queryValue(request, '$filter')),
        after: page.after,
        limit: page.top + 1,
      })
      const { rows, next } = splitPage(found, page.top, keyOfRoleAssignment)
      return ok(toPage(request, rows.map(toWireRoleAssignment), next))
    },
  },
]

function nameOf(request: ApiRequest): string {
  const name = pathParameter(request, 'roleAssignmentName')
  const parsed = guid.safeParse(name)
  if (!parsed.success)
    throw invalid(
      'InvalidRoleAssignmentId',
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    )
  return parsed.data
}

/** Assignments of other tenants are not shown to anybody, so only the caller's own may be asked for. */
function checkTenant(context: OperationContext, request: ApiRequest): void {
  const tenantId = queryValue(request, 'tenantId')
  if (tenantId !== undefined && tenantId.toLowerCase() !== context.caller.tenantId)
    throw invalid('InvalidTenantId', `The tenantId '${tenantId}' is not the tenant of the access token.`, 'tenantId')
}
