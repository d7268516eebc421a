import { covers, scopeKey } from '../access/scope.ts'
import { forbidden, type Refusal } from '../refusal.ts'
import { normalizeLocation } from './location.ts'
import { parameterValues, type PolicyAssignment } from './policy-assignment.ts'
import { type EvaluatedExpression, holds, type PolicyResource } from './policy-condition.ts'
import { parsePolicyRule, type PolicyDefinition, type PolicyEffect, readEffect } from './policy-definition.ts'
import { resolvePolicyValue, textOf } from './policy-expression.ts'

export interface PolicyVerdict {
  readonly assignment: PolicyAssignment
  readonly definition: PolicyDefinition
  readonly effect: PolicyEffect
  readonly isCompliant: boolean
  /** SUB-11: the request is refused, whoever asks. */
  readonly isRefused: boolean
  readonly evaluatedExpressions: readonly EvaluatedExpression[]
}

/** What every assignment in force at the resource says about it (SUB-10); disabled ones say nothing. */
export function evaluatePolicies(
  assignments: readonly PolicyAssignment[],
  definitions: readonly PolicyDefinition[],
  resource: PolicyResource,
): PolicyVerdict[] {
  const byId = new Map(definitions.map((definition) => [definition.id.toLowerCase(), definition]))
  const at = scopeKey(resource.id)
  return assignments.flatMap((assignment) => {
    const definition = byId.get(assignment.policyDefinitionId.toLowerCase())
    if (!definition || !isInScope(assignment, at) || !isJudged(definition, resource)) return []
    const rule = parsePolicyRule(definition)
    const parameters = parameterValues(assignment, definition)
    const effect = readEffect(resolvePolicyValue(rule.effect, parameters))
    if (effect === undefined || effect === 'disabled') return []
    const evaluatedExpressions: EvaluatedExpression[] = []
    const isCompliant = !holds(rule.condition, resource, parameters, evaluatedExpressions)
    const isRefused = !isCompliant && effect === 'deny' && assignment.enforcementMode === 'Default'
    return [{ assignment, definition, effect, isCompliant, isRefused, evaluatedExpressions }]
  })
}

function isInScope(assignment: PolicyAssignment, at: string): boolean {
  return (
    covers(scopeKey(assignment.scope), at) && !assignment.notScopes.some((excluded) => covers(scopeKey(excluded), at))
  )
}

const containers = ['microsoft.resources/subscriptions/resourcegroups', 'microsoft.resources/subscriptions']

function isJudged(definition: PolicyDefinition, resource: PolicyResource): boolean {
  if (definition.mode.toLowerCase() !== 'indexed') return true
  return resource.location !== undefined && !containers.includes(resource.type.toLowerCase())
}

/** `RequestDisallowedByPolicy` with every policy that refuses, or nothing (SUB-12). */
export function policyRefusal(resource: PolicyResource, verdicts: readonly PolicyVerdict[]): Refusal | undefined {
  const refused = verdicts.filter((verdict) => verdict.isRefused)
  if (refused.length === 0) return undefined
  const identifiers = JSON.stringify(
    refused.map(({ assignment, definition }) => ({
      policyAssignment: { name: assignment.displayName ?? assignment.name, id: assignment.id },
      policyDefinition: { name: definition.displayName ?? definition.name, id: definition.id },
    })),
  )
  const details = refused.map((verdict) => detailOf(resource, verdict))
  const cures = details.filter((detail) => detail.code === 'LocationNotAllowed').map((detail) => ` ${detail.message}`)
  const reasons = refused.flatMap(({ assignment }) => assignment.nonComplianceMessages.map(({ message }) => message))
  const because = reasons.length > 0 ? ` Reasons: '${reasons.join("; '")}'.` : ''
  return forbidden(
    'RequestDisallowedByPolicy',
    `Resource '${resource.name}' was disallowed by policy.${because} Policy identifiers: '${identifiers}'.${cures.join('')}`,
    { target: resource.name, details, additionalInfo: refused.map((verdict) => violationOf(verdict)) },
  )
}

/** SUB-13: a regional restriction names the cure, which is to relax it or to go where it allows. */
function detailOf(resource: PolicyResource, { assignment, evaluatedExpressions }: PolicyVerdict) {
  const action = `${resource.type}/write`
  const allowed = allowedLocations(evaluatedExpressions)
  if (allowed === undefined || resource.location === undefined)
    return {
      code: 'RequestDisallowedByPolicy',
      target: assignment.id,
      message: `The action '${action}' on '${resource.id}' is refused by the policy assignment '${assignment.id}'. Change what the policy refuses, or have the assignment changed.`,
    }
  const choices = allowed.length === 0 ? 'no location' : allowed.map((location) => `'${location}'`).join(', ')
  return {
    code: 'LocationNotAllowed',
    target: assignment.id,
    message: `The action '${action}' in location '${resource.location}' is refused; allowed: ${choices}. Choose an allowed location, or have the restriction relaxed: add the location to the policy assignment '${assignment.id}', or exclude the scope with its notScopes.`,
  }
}

/** What the comparisons that led to the refusal would have let through; nothing when they are not about location. */
function allowedLocations(evaluated: readonly EvaluatedExpression[]): string[] | undefined {
  const restricting = evaluated.filter(
    ({ path, operator, result, isNegated }) =>
      path.toLowerCase() === 'location' &&
      ((['notIn', 'notEquals'].includes(operator) && result && !isNegated) ||
        (['in', 'equals'].includes(operator) && !result && isNegated)),
  )
  if (restricting.length === 0) return undefined
  return [
    ...new Set(
      restricting.flatMap(({ targetValue }) =>
        (Array.isArray(targetValue) ? targetValue : [targetValue]).map((place) => normalizeLocation(textOf(place))),
      ),
    ),
  ]
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** The comparisons as Azure shows them. */
export const describeExpressions = (evaluated: readonly EvaluatedExpression[]) =>
  evaluated.map((one) => ({
    result: one.result ? 'True' : 'False',
    expressionKind: 'Field',
    expression: one.path,
    path: one.path,
    expressionValue: one.expressionValue,
    targetValue: one.targetValue,
    operator: capitalized(one.operator),
  }))

function violationOf({ assignment, definition, effect, evaluatedExpressions }: PolicyVerdict) {
  return {
    type: 'PolicyViolation',
    info: {
      evaluationDetails: {
        evaluatedExpressions: describeExpressions(evaluatedExpressions),
      },
      policyDefinitionId: definition.id,
      policyDefinitionName: definition.name,
      policyDefinitionDisplayName: definition.displayName,
      policyDefinitionEffect: effect,
      policyAssignmentId: assignment.id,
      policyAssignmentName: assignment.name,
      policyAssignmentDisplayName: assignment.displayName,
      policyAssignmentScope: assignment.scope,
      policyAssignmentParameters: assignment.parameters,
    },
  }
}
