import { isDeepStrictEqual } from 'node:util'
import { builtInRoles, findBuiltInRole } from '../domain/access/built-in-roles.ts'
import type { RoleDefinition } from '../domain/access/role-definition.ts'
import { covers, scopeKey, subscriptionOf } from '../domain/access/scope.ts'
import { conflict, forbidden, invalid, notFound, type Refusal } from '../domain/refusal.ts'
import {
  type CustomRole,
  type CustomRoleContent,
  deleteCustomRole,
  findCustomRole,
  insertCustomRole,
  isRoleAssigned,
  listCustomRoles,
  updateCustomRole,
} from '../store/role-definition.ts'
import { tenantOfScope } from './assign-role.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { holdDirectoryOf } from './hold-directory.ts'

const isRoot = (scope: string): boolean => scopeKey(scope) === '/'

/** At the root only the built-in roles are shown, to anybody who signed in: they are the same everywhere. */
export async function listRoles(context: OperationContext, scope: string): Promise<readonly RoleDefinition[]> {
  if (isRoot(scope)) return builtInRoles
  await authorizeResource(context, 'Microsoft.Authorization/roleDefinitions/read', scope)
  const custom = await listCustomRoles(context.db, await tenantOfScope(context, scope))
  return [...builtInRoles, ...custom.filter((role) => concerns(role, scope))]
}

export async function getRole(context: OperationContext, scope: string, id: string): Promise<RoleDefinition> {
  if (!isRoot(scope)) await authorizeResource(context, 'Microsoft.Authorization/roleDefinitions/read', scope)
  const builtIn = findBuiltInRole(id)
  if (builtIn) return builtIn
  const custom = isRoot(scope) ? undefined : await findCustomRole(context.db, await tenantOfScope(context, scope), id)
  if (!custom || !concerns(custom, scope)) throw roleNotFound(id)
  return custom
}

const concerns = (role: RoleDefinition, scope: string): boolean =>
  role.assignableScopes.some((assignable) => {
    const [one, other] = [scopeKey(assignable), scopeKey(scope)]
    return covers(one, other) || covers(other, one)
  })

const roleNotFound = (id: string): Refusal =>
  notFound('RoleDefinitionDoesNotExist', `The specified role definition with ID '${id}' does not exist.`)

/** Whoever defines a role needs to be allowed to on every scope where it can be assigned, so that it reaches nowhere else. */
export async function saveRole(
  context: OperationContext,
  scope: string,
  id: string,
  content: CustomRoleContent,
): Promise<CustomRole> {
  const action = 'Microsoft.Authorization/roleDefinitions/write'
  for (const held of [scope, ...content.assignableScopes]) await holdDirectoryOf(context, held)
  await authorizeResource(context, action, scope)
  if (findBuiltInRole(id))
    throw forbidden(
      'RoleDefinitionIsBuiltIn',
      `The built-in role '${id}' cannot be changed. Use another id for a role of your own.`,
    )
  const tenantId = await tenantOfScope(context, scope)
  await checkAssignableScopes(context, action, scope, content.assignableScopes)
  if (builtInRoles.some((role) => role.name.toLowerCase() === content.name.toLowerCase())) throw nameTaken(content.name)
  const existing = await findCustomRole(context.db, tenantId, id)
  if (existing && isDeepStrictEqual({ ...existing, ...content }, existing)) return existing
  const role = existing
    ? await replaceRole(context, existing, content, action)
    : await insertCustomRole(context.db, { tenantId, id }, content, context.now, context.caller.objectId)
  if (!role) throw nameTaken(content.name)
  await appendAudit(context, {
    action,
    scope,
    ...(existing ? { before: auditedRole(existing) } : {}),
    after: auditedRole(role),
  })
  return role
}

async function replaceRole(
  context: OperationContext,
  existing: CustomRole,
  content: CustomRoleContent,
  action: string,
): Promise<CustomRole> {
  // A role also changes where it was assignable before, so that permission is needed there as well.
  for (const scope of existing.assignableScopes) await authorizeResource(context, action, scope)
  const others = await listCustomRoles(context.db, existing.tenantId)
  if (others.some((role) => role.id !== existing.id && role.name.toLowerCase() === content.name.toLowerCase()))
    throw nameTaken(content.name)
  return updateCustomRole(context.db, existing, content, context.now)
}

async function checkAssignableScopes(
  context: OperationContext,
  action: string,
  scope: string,
  assignableScopes: readonly string[],
): Promise<void> {
  for (const assignable of assignableScopes) {
    if (subscriptionOf(assignable) === undefined)
      throw invalid(
        'InvalidAssignableScope',
        `The assignable scope '${assignable}' is not a subscription, resource group or resource. A role of your own is assignable only there.`,
        'properties.assignableScopes',
      )
    await authorizeResource(context, action, assignable)
  }
  if (!assignableScopes.some((assignable) => covers(scopeKey(assignable), scopeKey(scope))))
    throw invalid(
      'InvalidAssignableScope',
      `The assignable scopes must include the scope '${scope}' of the request, or one above it.`,
      'properties.assignableScopes',
    )
}

const nameTaken = (name: string): Refusal =>
  conflict('RoleDefinitionWithSameNameExists', `A role with the name '${name}' exists already. Choose another name.`)

/** Answers what was deleted, or nothing. */
export async function removeRole(
  context: OperationContext,
  scope: string,
  id: string,
): Promise<CustomRole | undefined> {
  const action = 'Microsoft.Authorization/roleDefinitions/delete'
  await authorizeResource(context, action, scope)
  if (findBuiltInRole(id)) throw forbidden('RoleDefinitionIsBuiltIn', `The built-in role '${id}' cannot be deleted.`)
  const role = await findCustomRole(context.db, await tenantOfScope(context, scope), id)
  if (!role || !concerns(role, scope)) return undefined
  for (const assignable of role.assignableScopes) await authorizeResource(context, action, assignable)
  if (await isRoleAssigned(context.db, role.tenantId, role.id))
    throw conflict(
      'RoleDefinitionHasAssignments',
      `The role '${role.name}' is still assigned. Delete its role assignments first.`,
    )
  await deleteCustomRole(context.db, role)
  await appendAudit(context, { action, scope, before: auditedRole(role) })
  return role
}

const auditedRole = (role: CustomRole) => ({
  id: role.id,
  name: role.name,
  permissions: role.permissions,
  assignableScopes: role.assignableScopes,
})
