import { findBuiltInRole } from '../domain/access/built-in-roles.ts'
import { type DirectoryChangeLoss, scopesBeside } from '../domain/resource/directory-change-loss.ts'
import { formatResourceId } from '../domain/resource/resource-id.ts'
import type { Db } from '../store/db.ts'
import { listPolicyAssignmentsOfSubscription } from '../store/policy-assignment.ts'
import { listCustomPolicies } from '../store/policy-definition.ts'
import { listResourcesOfDirectory } from '../store/resource.ts'
import { listRoleAssignmentsOfSubscription } from '../store/role-assignment.ts'
import { type CustomRole, listCustomRoles } from '../store/role-definition.ts'
import { listAliasesOfSubscription } from '../store/subscription-alias.ts'
import { findSubscription } from '../store/subscription.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { subscriptionNotFound } from './read-subscription.ts'

/** SUB-19: what a change of directory would delete or break now; nobody else's business than an Owner's. */
export async function listDirectoryChangeLosses(
  context: OperationContext,
  subscriptionId: string,
): Promise<readonly DirectoryChangeLoss[]> {
  await authorizeResource(
    context,
    'Microsoft.Subscription/changeTenantRequest/write',
    `/subscriptions/${subscriptionId}`,
  )
  const subscription = await findSubscription(context.db, subscriptionId, context.now)
  if (!subscription) throw subscriptionNotFound(subscriptionId)
  return findDirectoryChangeLosses(context.db, subscription)
}

export async function findDirectoryChangeLosses(
  db: Db,
  { id, tenantId }: { readonly id: string; readonly tenantId: string },
): Promise<DirectoryChangeLoss[]> {
  const roles = await listCustomRoles(db, tenantId)
  return [
    ...(await lostRoleAssignments(db, id, roles)),
    ...lostRoles(id, roles),
    ...(await lostPolicies(db, id)),
    ...(await lostAliases(db, id, tenantId)),
    ...(await brokenResources(db, id)),
  ]
}

async function lostRoleAssignments(db: Db, id: string, roles: readonly CustomRole[]): Promise<DirectoryChangeLoss[]> {
  const assignments = await listRoleAssignmentsOfSubscription(db, id)
  return assignments.map((assignment) => {
    const role =
      findBuiltInRole(assignment.roleDefinitionId) ?? roles.find((one) => one.id === assignment.roleDefinitionId)
    return {
      kind: 'roleAssignment',
      consequence: 'deleted',
      id: `${assignment.scope}/providers/Microsoft.Authorization/roleAssignments/${assignment.id}`,
      scope: assignment.scope,
      name: assignment.id,
      content: {
        roleDefinitionId: `/subscriptions/${id}/providers/Microsoft.Authorization/roleDefinitions/${assignment.roleDefinitionId}`,
        roleName: role?.name ?? null,
        principalId: assignment.principalId,
        principalType: assignment.principalType,
        principalName: assignment.principalName,
        description: assignment.description,
      },
    }
  })
}

function lostRoles(id: string, roles: readonly CustomRole[]): DirectoryChangeLoss[] {
  return roles
    .map((role) => ({ role, beside: scopesBeside(role.assignableScopes, id) }))
    .filter(({ role, beside }) => beside.length < role.assignableScopes.length)
    .map(({ role, beside }) => ({
      kind: 'customRole',
      consequence: beside.length === 0 ? 'deleted' : 'narrowed',
      id: `/subscriptions/${id}/providers/Microsoft.Authorization/roleDefinitions/${role.id}`,
      scope: `/subscriptions/${id}`,
      name: role.id,
      content: {
        roleName: role.name,
        description: role.description,
        type: 'CustomRole',
        permissions: role.permissions,
        assignableScopes: role.assignableScopes,
      },
    }))
}

async function lostPolicies(db: Db, id: string): Promise<DirectoryChangeLoss[]> {
  const scope = `/subscriptions/${id}`
  const assignments = (await listPolicyAssignmentsOfSubscription(db, id)).map(
    (assignment): DirectoryChangeLoss => ({
      kind: 'policyAssignment',
      consequence: 'deleted',
      id: assignment.id,
      scope: assignment.scope,
      name: assignment.name,
      content: {
        displayName: assignment.displayName,
        description: assignment.description,
        metadata: assignment.metadata,
        policyDefinitionId: assignment.policyDefinitionId,
        parameters: assignment.parameters,
        notScopes: assignment.notScopes,
        enforcementMode: assignment.enforcementMode,
        nonComplianceMessages: assignment.nonComplianceMessages,
      },
    }),
  )
  const definitions = (await listCustomPolicies(db, scope)).map(
    (definition): DirectoryChangeLoss => ({
      kind: 'policyDefinition',
      consequence: 'deleted',
      id: definition.id,
      scope,
      name: definition.name,
      content: {
        displayName: definition.displayName,
        description: definition.description,
        mode: definition.mode,
        metadata: definition.metadata,
        version: definition.version,
        parameters: definition.parameters,
        policyRule: { if: definition.rule.condition, then: { effect: definition.rule.effect } },
      },
    }),
  )
  return [...assignments, ...definitions]
}

/** An alias shows its subscription as it is now, which is none of the former tenant's business. */
async function lostAliases(db: Db, id: string, tenantId: string): Promise<DirectoryChangeLoss[]> {
  const aliases = await listAliasesOfSubscription(db, tenantId, id)
  return aliases.map(({ name, billingScope, workload }) => ({
    kind: 'subscriptionAlias',
    consequence: 'deleted',
    id: `/providers/Microsoft.Subscription/aliases/${name}`,
    scope: '/',
    name,
    content: { subscriptionId: id, billingScope, workload },
  }))
}

const userAssignedIdentity = 'Microsoft.ManagedIdentity/userAssignedIdentities'
const stackRegistration = 'Microsoft.AzureStack/registrations'
const vaults = ['Microsoft.KeyVault/vaults', 'Microsoft.KeyVault/managedHSMs']

/** They stay, but what ties them to the former tenant does not hold in the other one. */
async function brokenResources(db: Db, id: string): Promise<DirectoryChangeLoss[]> {
  const resources = await listResourcesOfDirectory(db, id, [userAssignedIdentity, stackRegistration, ...vaults])
  return resources.flatMap((resource) => {
    const type = resource.type.toLowerCase()
    const broken = (kind: DirectoryChangeLoss['kind'], content: Readonly<Record<string, unknown>>) => ({
      kind,
      consequence: 'broken' as const,
      id: formatResourceId(resource),
      scope: formatResourceId(resource),
      name: resource.name,
      content,
    })
    return [
      ...(resource.identity === null && type !== userAssignedIdentity.toLowerCase()
        ? []
        : [broken('managedIdentity', { resourceType: resource.type, identity: resource.identity })]),
      ...(vaults.some((vault) => vault.toLowerCase() === type)
        ? [broken('vaultAccess', { resourceType: resource.type, properties: resource.properties })]
        : []),
      ...(type === stackRegistration.toLowerCase()
        ? [broken('stackRegistration', { resourceType: resource.type })]
        : []),
    ]
  })
}
