import { resourceGroupOf, subscriptionOf } from '../../domain/access/scope.ts'
import type { PolicyResource } from '../../domain/resource/policy-condition.ts'
import { describeExpressions, type PolicyVerdict } from '../../domain/resource/policy-evaluation.ts'
import { invalid } from '../../domain/refusal.ts'

export const toWirePolicyState = (
  { resource, verdict }: { readonly resource: PolicyResource; readonly verdict: PolicyVerdict },
  at: Date,
) => ({
  timestamp: at.toISOString(),
  resourceId: resource.id,
  resourceType: resource.type,
  resourceLocation: resource.location ?? '',
  resourceGroup: resourceGroupOf(resource.id) ?? '',
  subscriptionId: subscriptionOf(resource.id),
  policyAssignmentId: verdict.assignment.id,
  policyAssignmentName: verdict.assignment.name,
  policyAssignmentScope: verdict.assignment.scope,
  policyDefinitionId: verdict.definition.id,
  policyDefinitionName: verdict.definition.name,
  policyDefinitionAction: verdict.effect,
  isCompliant: verdict.isCompliant,
  complianceState: verdict.isCompliant ? 'Compliant' : 'NonCompliant',
  policyEvaluationDetails: { evaluatedExpressions: describeExpressions(verdict.evaluatedExpressions) },
})

/** `complianceState eq 'NonCompliant'` or `isCompliant eq false`, and their opposites. */
export function parsePolicyStateFilter(filter: string | undefined): (verdict: PolicyVerdict) => boolean {
  if (filter === undefined || filter.trim() === '') return () => true
  const state = /^complianceState\s+eq\s+'(Compliant|NonCompliant)'$/i.exec(filter.trim())?.[1]
  const flag = /^isCompliant\s+eq\s+(true|false)$/i.exec(filter.trim())?.[1]
  const wanted = state ? state.toLowerCase() === 'compliant' : flag ? flag.toLowerCase() === 'true' : undefined
  if (wanted === undefined)
    throw invalid(
      'InvalidFilter',
      `The filter '${filter}' is not supported. Use complianceState eq 'NonCompliant' or isCompliant eq false.`,
      '$filter',
    )
  return (verdict) => verdict.isCompliant === wanted
}
