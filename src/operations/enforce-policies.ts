import { subscriptionOf } from '../domain/access/scope.ts'
import { findBuiltInPolicy } from '../domain/resource/policy-built-in.ts'
import type { PolicyAssignment } from '../domain/resource/policy-assignment.ts'
import type { PolicyResource } from '../domain/resource/policy-condition.ts'
import type { PolicyDefinition } from '../domain/resource/policy-definition.ts'
import { evaluatePolicies, policyRefusal } from '../domain/resource/policy-evaluation.ts'
import { listPolicyAssignmentsOver } from '../store/policy-assignment.ts'
import { listCustomPolicies } from '../store/policy-definition.ts'
import type { OperationContext } from './context.ts'

const identityLink = 'microsoft.azureactivedirectory/b2cdirectories'

/** The id that a resource or group has or will have says which assignments apply; it may be given as `scope`. */
export type GovernedResource = PolicyResource | (Omit<PolicyResource, 'id'> & { readonly scope: string })

/**
 * Refuses what a deny policy forbids. Asked after permission, whenever something is created or updated, and whoever
 * asks, an Owner too (SUB-11, SUB-12). DEC-14: an installation may exempt identity links.
 */
export async function enforcePolicies(
  context: Pick<OperationContext, 'db' | 'settings'>,
  governed: GovernedResource,
): Promise<void> {
  if (context.settings.exemptIdentityLinksFromPolicy && governed.type.toLowerCase() === identityLink) return
  const resource = 'id' in governed ? governed : { ...governed, id: governed.scope }
  const assignments = await listPolicyAssignmentsOver(context.db, resource.id)
  if (assignments.length === 0) return
  const definitions = await definitionsOf(context, resource.id, assignments)
  const refusal = policyRefusal(resource, evaluatePolicies(assignments, definitions, resource))
  if (refusal) throw refusal
}

/** The definitions that the assignments name: built-in ones and the subscription's own. */
export async function definitionsOf(
  context: Pick<OperationContext, 'db'>,
  scope: string,
  assignments: readonly PolicyAssignment[],
): Promise<PolicyDefinition[]> {
  const builtIn = assignments.flatMap((assignment) => findBuiltInPolicy(assignment.policyDefinitionId) ?? [])
  if (builtIn.length === assignments.length) return builtIn
  return [...builtIn, ...(await listCustomPolicies(context.db, `/subscriptions/${subscriptionOf(scope)}`))]
}
