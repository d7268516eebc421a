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
import type { OperationContext } from '../../operations/context.ts'
import { getRole, listRoles, removeRole, saveRole } from '../../operations/define-role.ts'
import { parseRoleDefinitionFilter, roleDefinitionBody, toWireRoleDefinition } from './role-definition.wire.ts'
import { roleApiVersions, scopeOf } from './scope.wire.ts'

const path = '{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}'
const common = { apiVersions: roleApiVersions, authentication: 'bearer' } as const

export const roleDefinitionOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'RoleDefinitions_CreateOrUpdate',
    method: 'PUT',
    path,
    // The SDK takes 200 for an error, also when a role is replaced (API.md trap 2).
    statuses: [201],
    permission: 'Microsoft.Authorization/roleDefinitions/write',
    summary: 'Defines a role of the tenant’s own.',
    body: roleDefinitionBody,
    async handle(context, request) {
      const { properties } = parseBody(request, roleDefinitionBody)
      const role = await saveRole(context, scopeOf(request), idOf(request), {
        name: properties.roleName,
        description: properties.description ?? '',
        permissions: properties.permissions,
        assignableScopes: properties.assignableScopes,
      })
      return created(toWireRoleDefinition(scopeOf(request), role))
    },
  },
  {
    ...common,
    id: 'RoleDefinitions_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'Microsoft.Authorization/roleDefinitions/read; at the root anybody who signed in',
    summary: 'One role definition.',
    async handle(context, request) {
      return ok(toWireRoleDefinition(scopeOf(request), await getRole(context, scopeOf(request), idOf(request))))
    },
  },
  {
    ...common,
    id: 'RoleDefinitions_Delete',
    method: 'DELETE',
    path,
    statuses: [200, 204],
    permission: 'Microsoft.Authorization/roleDefinitions/delete',
    summary: 'Deletes a role of the tenant’s own that is assigned nowhere.',
    async handle(context, request) {
      const deleted = await removeRole(context, scopeOf(request), idOf(request))
      return deleted ? ok(toWireRoleDefinition(scopeOf(request), deleted)) : noContent()
    },
  },
  {
    ...common,
    id: 'RoleDefinitions_List',
    method: 'GET',
    path: '{scope}/providers/Microsoft.Authorization/roleDefinitions',
    statuses: [200],
    permission: 'Microsoft.Authorization/roleDefinitions/read; at the root anybody who signed in',
    summary: 'Roles that can be assigned at a scope.',
    query: { $filter: 'optional' },
    async handle(context, request) {
      const filter = parseRoleDefinitionFilter(queryValue(request, '$filter'))
      const roles = await listRoles(context, scopeOf(request))
      return ok({
        value: roles
          .filter((role) => filter.roleName === undefined || role.name.toLowerCase() === filter.roleName)
          .map((role) => toWireRoleDefinition(scopeOf(request), role))
          .filter((role) => filter.type === undefined || role.properties.type.toLowerCase() === filter.type),
      })
    },
  },
]

function idOf(request: ApiRequest): string {
  const id = pathParameter(request, 'roleDefinitionId')
  const parsed = guid.safeParse(id)
  if (!parsed.success)
    throw invalid(
      'InvalidRoleDefinitionId',
      `The role definition ID '${id}' is not valid. The role definition ID must be a GUID.`,
    )
  return parsed.data
}
