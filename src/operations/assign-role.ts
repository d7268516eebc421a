import { findBuiltInRole, roleIds } from '../domain/access/built-in-roles.ts'
import type { RoleDefinition } from '../domain/access/role-definition.ts'
import { covers, resourceGroupOf, scopeKey, subscriptionOf } from '../domain/access/scope.ts'
import { conflict, invalid, notFound, Refusal } from '../domain/refusal.ts'
import { findAssignee, findSubscriptionFacts, hasResourceGroup } from '../store/access-facts.ts'
import {
  countHolders,
  deleteRoleAssignment,
  describeRoleAssignment,
  findRoleAssignment,
  findScopeOfRoleAssignment,
  insertRoleAssignment,
  listRoleAssignments,
  lockSubscriptionAccess,
  type PrincipalType,
  type RoleAssignment,
} from '../store/role-assignment.ts'
import { isForeignGroupOf } from '../store/my-partner.ts'
import { findCustomRole } from '../store/role-definition.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource, isGlobalAdministrator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { holdDirectoryOf } from './hold-directory.ts'

export { keyOfRoleAssignment } from '../store/role-assignment.ts'

export interface RoleAssignmentInput {
  readonly scope: string
  readonly id: string
  readonly roleDefinitionId: string
  readonly principalId: string
  readonly principalType: PrincipalType | undefined
  readonly description: string | null
}

/** ACC-3, ACC-12. The same assignment again changes nothing; under another id it is refused. */
export async function createRoleAssignment(
  context: OperationContext,
  input: RoleAssignmentInput,
): Promise<{ assignment: RoleAssignment; isNew: boolean }> {
  await holdDirectoryOf(context, input.scope)
  await authorizeResource(context, 'Microsoft.Authorization/roleAssignments/write', input.scope)
  const tenantId = await tenantOfScope(context, input.scope)
  await requireResourceGroup(context, input.scope)
  const role = await findAssignableRole(context, tenantId, input)
  const existing = await findRoleAssignment(context.db, tenantId, input.scope, input.id)
  if (existing) return { assignment: await repeatAssignment(context, existing, role, input), isNew: false }
  if ((await findScopeOfRoleAssignment(context.db, tenantId, input.id)) !== undefined) throw updateNotPermitted()
  const principalType = await requireAssignee(context, tenantId, input)
  const assignment = await insertRoleAssignment(context.db, {
    id: input.id,
    tenantId,
    scope: input.scope,
    roleDefinitionId: role.id,
    principalId: input.principalId,
    principalType,
    description: input.description,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  })
  if (!assignment) throw conflict('RoleAssignmentExists', 'The role assignment already exists.')
  await appendAudit(context, {
    action: 'Microsoft.Authorization/roleAssignments/write',
    scope: input.scope,
    after: auditedAssignment(assignment),
  })
  return { assignment, isNew: true }
}

async function repeatAssignment(
  context: OperationContext,
  existing: RoleAssignment,
  role: RoleDefinition,
  input: RoleAssignmentInput,
): Promise<RoleAssignment> {
  if (existing.roleDefinitionId !== role.id || existing.principalId !== input.principalId) throw updateNotPermitted()
  if (existing.description === input.description) return existing
  const assignment = await describeRoleAssignment(context.db, existing, {
    description: input.description,
    updatedAt: context.now,
    updatedBy: context.caller.objectId,
  })
  await appendAudit(context, {
    action: 'Microsoft.Authorization/roleAssignments/write',
    scope: input.scope,
    before: auditedAssignment(existing),
    after: auditedAssignment(assignment),
  })
  return assignment
}

const updateNotPermitted = (): Refusal =>
  invalid(
    'RoleAssignmentUpdateNotPermitted',
    'Tenant ID, application ID, principal ID, and scope are not allowed to be updated. Delete the role assignment and create another, or use a new name.',
  )

export async function getRoleAssignment(context: OperationContext, scope: string, id: string): Promise<RoleAssignment> {
  await authorizeResource(context, 'Microsoft.Authorization/roleAssignments/read', scope)
  const assignment = await findRoleAssignment(context.db, await tenantOfScope(context, scope), scope, id)
  if (!assignment) throw notFound('RoleAssignmentNotFound', `The role assignment '${id}' is not found.`)
  return assignment
}

/** ACC-3; ACC-5 keeps a subscription from being orphaned. Answers what was deleted, or nothing. */
export async function removeRoleAssignment(
  context: OperationContext,
  scope: string,
  id: string,
): Promise<RoleAssignment | undefined> {
  await authorizeResource(context, 'Microsoft.Authorization/roleAssignments/delete', scope)
  const tenantId = await tenantOfScope(context, scope)
  const subscriptionId = subscriptionOf(scope)
  if (subscriptionId !== undefined) await lockSubscriptionAccess(context.db, subscriptionId)
  const assignment = await findRoleAssignment(context.db, tenantId, scope, id)
  if (!assignment) return undefined
  await deleteRoleAssignment(context.db, assignment)
  const isOwnerOfSubscription =
    assignment.roleDefinitionId === roleIds.owner && scopeKey(scope) === `/subscriptions/${subscriptionId}`
  if (isOwnerOfSubscription && (await countHolders(context.db, scope, roleIds.owner)) === 0)
    await refuseOrphaning(context, tenantId, subscriptionId ?? '')
  await appendAudit(context, {
    action: 'Microsoft.Authorization/roleAssignments/delete',
    scope,
    before: auditedAssignment(assignment),
  })
  return assignment
}

async function refuseOrphaning(context: OperationContext, tenantId: string, subscriptionId: string): Promise<void> {
  if (await isGlobalAdministrator(context, tenantId)) return
  throw conflict(
    'LastOwner',
    `The last Owner of the subscription '${subscriptionId}' cannot be removed, because the subscription would be orphaned. Assign Owner to somebody else first, or let a Global administrator of the tenant remove it.`,
  )
}

export async function listRoleAssignmentsOfScope(
  context: OperationContext,
  input: {
    readonly scope: string
    readonly isAtScope: boolean
    readonly principalId: string | undefined
    readonly assignedTo: string | undefined
    readonly after: string | undefined
    readonly limit: number
  },
): Promise<RoleAssignment[]> {
  await authorizeResource(context, 'Microsoft.Authorization/roleAssignments/read', input.scope)
  return listRoleAssignments(context.db, { ...input, tenantId: await tenantOfScope(context, input.scope) })
}

/** The tenant whose principals count at the scope: the one that the subscription trusts. */
export async function tenantOfScope(context: OperationContext, scope: string): Promise<string> {
  const subscriptionId = subscriptionOf(scope)
  if (subscriptionId === undefined) return context.caller.tenantId
  const subscription = await findSubscriptionFacts(context.db, subscriptionId, context.now)
  if (!subscription) throw notFound('SubscriptionNotFound', `The subscription '${subscriptionId}' could not be found.`)
  return subscription.tenantId
}

export async function requireResourceGroup(context: OperationContext, scope: string): Promise<void> {
  const subscriptionId = subscriptionOf(scope)
  const group = resourceGroupOf(scope)
  if (subscriptionId === undefined || group === undefined) return
  if (!(await hasResourceGroup(context.db, subscriptionId, group)))
    throw notFound('ResourceGroupNotFound', `Resource group '${group}' could not be found.`)
}

async function findAssignableRole(
  context: OperationContext,
  tenantId: string,
  input: RoleAssignmentInput,
): Promise<RoleDefinition> {
  const id = input.roleDefinitionId.slice(input.roleDefinitionId.lastIndexOf('/') + 1).toLowerCase()
  const role = findBuiltInRole(id) ?? (isGuid(id) ? await findCustomRole(context.db, tenantId, id) : undefined)
  if (!role)
    throw invalid(
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${id}' does not exist. List the roles of the scope to find its id.`,
      'properties.roleDefinitionId',
    )
  if (!role.assignableScopes.some((scope) => covers(scopeKey(scope), scopeKey(input.scope))))
    throw invalid(
      'InvalidRoleAssignmentScope',
      `The role '${role.name}' can be assigned only at ${role.assignableScopes.map((scope) => `'${scope}'`).join(', ')} or below.`,
      'properties.roleDefinitionId',
    )
  return role
}

export const isGuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)

const typeOfKind = { user: 'User', group: 'Group', servicePrincipal: 'ServicePrincipal' } as const

/** ACC-12: members, accepted guests, groups and applications of the tenant that the subscription trusts, and agents of its partners. */
async function requireAssignee(
  context: OperationContext,
  tenantId: string,
  input: RoleAssignmentInput,
): Promise<PrincipalType> {
  if (input.principalType === 'ForeignGroup' && (await isForeignGroupOf(context.db, tenantId, input.principalId)))
    return 'ForeignGroup'
  const assignee = await findAssignee(context.db, tenantId, input.principalId)
  if (!assignee)
    throw principalNotFound(
      input.principalId,
      tenantId,
      'PrincipalNotInServiceTenant',
      `A resource role is given only to members, accepted guests, groups and applications of tenant '${tenantId}', which the subscription trusts. Invite the person as a guest first.`,
    )
  if (assignee.isPending)
    throw principalNotFound(
      input.principalId,
      tenantId,
      'InvitationNotAccepted',
      'The guest has not accepted the invitation yet. Assign the role when the invitation is accepted.',
    )
  const type = typeOfKind[assignee.kind]
  if (input.principalType !== undefined && input.principalType !== type)
    throw invalid(
      'UnmatchedPrincipalType',
      `The PrincipalId '${input.principalId}' has type '${type}', which is different from specified PrincipalType '${input.principalType}'.`,
      'properties.principalType',
    )
  return type
}

function principalNotFound(principalId: string, tenantId: string, code: string, message: string): Refusal {
  return new Refusal(
    'invalid',
    'PrincipalNotFound',
    `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${tenantId}. Check that you have the correct principal ID.`,
    { target: 'properties.principalId', details: [{ code, message, target: 'properties.principalId' }] },
  )
}

const auditedAssignment = (assignment: RoleAssignment) => ({
  id: assignment.id,
  roleDefinitionId: assignment.roleDefinitionId,
  principalId: assignment.principalId,
  principalType: assignment.principalType,
  description: assignment.description,
})
