import { resourceGroupOf, subscriptionOf } from '../domain/access/scope.ts'
import type { PolicyResource } from '../domain/resource/policy-condition.ts'
import { evaluatePolicies, type PolicyVerdict } from '../domain/resource/policy-evaluation.ts'
import { formatResourceGroupId, formatResourceId } from '../domain/resource/resource-id.ts'
import { listPolicyAssignments } from '../store/policy-assignment.ts'
import { findResourceGroup, listResourceGroups, type ResourceGroup } from '../store/resource-group.ts'
import { listResources, type Resource } from '../store/resource.ts'
import { authorizeAnyRole } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { definitionsOf } from './enforce-policies.ts'

export interface ComplianceState {
  readonly resource: PolicyResource
  readonly verdict: PolicyVerdict
}

export interface CompliancePage {
  readonly states: readonly ComplianceState[]
  /** Where to go on: the last group or resource that was judged. */
  readonly next: string | undefined
}

/**
 * SUB-11: a policy that came later leaves what exists in place and marks it non-compliant. Judged when asked, so the
 * answer is never older than the question. `limit` counts groups and resources, groups first.
 */
export async function readCompliance(
  context: OperationContext,
  scope: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<CompliancePage> {
  await authorizeAnyRole(context, 'Microsoft.PolicyInsights/policyStates/queryResults/read', scope)
  const governed = await listGoverned(context, scope, page)
  const shown = governed.slice(0, page.limit)
  const assignments = await listPolicyAssignments(context.db, {
    scope,
    reach: 'everywhere',
    policyDefinitionId: undefined,
    after: undefined,
    limit: 10_000,
  })
  const definitions = await definitionsOf(context, scope, assignments)
  return {
    states: shown.flatMap(({ resource }) =>
      evaluatePolicies(assignments, definitions, resource).map((verdict) => ({ resource, verdict })),
    ),
    next: governed.length > page.limit ? shown.at(-1)?.key : undefined,
  }
}

interface Governed {
  readonly key: string
  readonly resource: PolicyResource
}

async function listGoverned(
  context: OperationContext,
  scope: string,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<Governed[]> {
  const subscriptionId = subscriptionOf(scope) ?? ''
  const resourceGroupName = resourceGroupOf(scope)
  const isPastGroups = after?.startsWith('r|') ?? false
  const position = after?.slice(2)
  const groups = isPastGroups ? [] : await listGroups(context, subscriptionId, resourceGroupName, position, limit + 1)
  const room = limit + 1 - groups.length
  if (room <= 0) return groups
  const from = { after: isPastGroups ? position : undefined, limit: room }
  const resources = await listResources(context.db, { subscriptionId, resourceGroupName }, from)
  return [...groups, ...resources.map((resource) => ({ key: `r|${resource.uid}`, resource: ofResource(resource) }))]
}

async function listGroups(
  context: OperationContext,
  subscriptionId: string,
  resourceGroupName: string | undefined,
  after: string | undefined,
  limit: number,
): Promise<Governed[]> {
  const keyed = (group: ResourceGroup) => ({ key: `g|${group.name.toLowerCase()}`, resource: ofGroup(group) })
  if (resourceGroupName === undefined)
    return (await listResourceGroups(context.db, subscriptionId, {}, { after, limit })).map(keyed)
  if (after !== undefined) return []
  const group = await findResourceGroup(context.db, subscriptionId, resourceGroupName)
  return group ? [keyed(group)] : []
}

const ofGroup = (group: ResourceGroup): PolicyResource => ({
  id: formatResourceGroupId({ subscriptionId: group.subscriptionId, resourceGroupName: group.name }),
  type: 'Microsoft.Resources/subscriptions/resourceGroups',
  name: group.name,
  location: group.location,
  tags: group.tags,
})

const ofResource = (resource: Resource): PolicyResource => ({
  id: formatResourceId(resource),
  type: resource.type,
  name: resource.name,
  location: resource.location,
  kind: resource.kind ?? undefined,
  tags: resource.tags,
})
