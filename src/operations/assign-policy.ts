import { canonicalJson } from '../domain/rating/canonical-json.ts'
import { covers, scopeKey, subscriptionOf } from '../domain/access/scope.ts'
import { checkParameters, type PolicyAssignmentContent } from '../domain/resource/policy-assignment.ts'
import { findBuiltInPolicy } from '../domain/resource/policy-built-in.ts'
import type { PolicyDefinition } from '../domain/resource/policy-definition.ts'
import { invalid, notFound } from '../domain/refusal.ts'
import {
  deletePolicyAssignment,
  findPolicyAssignment,
  listPolicyAssignments,
  movePolicyAssignment,
  type PolicyAssignmentList,
  savePolicyAssignment,
  type StoredPolicyAssignment,
} from '../store/policy-assignment.ts'
import { lockCustomPolicy } from '../store/policy-definition.ts'
import { requireResourceGroup } from './assign-role.ts'
import { appendAudit } from './audit.ts'
import { authorizeAnyRole, authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { holdDirectoryOf } from './hold-directory.ts'

export { keyOfPolicyAssignment } from '../store/policy-assignment.ts'

const type = 'Microsoft.Authorization/policyAssignments'

/** SUB-10: it applies to its scope and everything below, except what it excludes. */
export async function assignPolicy(
  context: OperationContext,
  scope: string,
  name: string,
  content: PolicyAssignmentContent,
  location: string | null,
): Promise<StoredPolicyAssignment> {
  await holdDirectoryOf(context, scope)
  await authorizeResource(context, `${type}/write`, scope)
  if (subscriptionOf(scope) === undefined)
    throw invalid(
      'InvalidPolicyAssignmentScope',
      'A policy is assigned at a subscription, a resource group or a resource.',
    )
  await requireResourceGroup(context, scope)
  const definition = await requireDefinition(context, scope, content.policyDefinitionId)
  checkParameters(name, content, definition)
  for (const excluded of content.notScopes)
    if (!covers(scopeKey(scope), scopeKey(excluded)))
      throw invalid(
        'InvalidPolicyAssignmentNotScopes',
        `The excluded scope '${excluded}' does not lie below the scope '${scope}' of the assignment.`,
        'properties.notScopes',
      )
  const before = await findPolicyAssignment(context.db, scope, name)
  const wanted = { ...content, policyDefinitionId: definition.id, location }
  if (before && canonicalJson({ ...audited(before), ...wanted }) === canonicalJson(audited(before))) return before
  const key = { scope, name }
  const saved = await savePolicyAssignment(
    context.db,
    key,
    { ...content, policyDefinitionId: definition.id },
    location,
    context.now,
    context.caller.objectId,
  )
  await appendAudit(context, {
    action: `${type}/write`,
    scope: saved.id,
    ...(before ? { before: audited(before) } : {}),
    after: audited(saved),
  })
  return saved
}

async function requireDefinition(context: OperationContext, scope: string, id: string): Promise<PolicyDefinition> {
  const definition = await findDefinition(context, scope, id)
  if (!definition)
    throw invalid(
      'PolicyDefinitionNotFound',
      `The policy assignment create request is invalid. The policy definition '${id}' could not be found.`,
      'properties.policyDefinitionId',
    )
  return definition
}

async function findDefinition(
  context: OperationContext,
  scope: string,
  id: string,
): Promise<PolicyDefinition | undefined> {
  if (/\/policySetDefinitions\//i.test(id))
    throw invalid(
      'PolicySetDefinitionNotSupported',
      `'${id}' is a policy set definition, which is not supported. Assign its policy definitions one by one.`,
      'properties.policyDefinitionId',
    )
  const builtIn = findBuiltInPolicy(
    `/${id
      .split('/')
      .filter((segment) => segment !== '')
      .join('/')}`,
  )
  if (builtIn) return builtIn
  const own = /^\/+(subscriptions\/+[^/]+)\/+providers\/+Microsoft\.Authorization\/+policyDefinitions\/+([^/]+)$/i.exec(
    id,
  )
  if (!own || subscriptionOf(id) !== subscriptionOf(scope)) return undefined
  return lockCustomPolicy(context.db, `/subscriptions/${subscriptionOf(id)}`, own[2] ?? '', 'share')
}

export async function getPolicyAssignment(
  context: OperationContext,
  scope: string,
  name: string,
): Promise<StoredPolicyAssignment> {
  await authorizeAnyRole(context, `${type}/read`, scope)
  return requireAssignment(context, scope, name)
}

async function requireAssignment(
  context: OperationContext,
  scope: string,
  name: string,
): Promise<StoredPolicyAssignment> {
  const assignment = await findPolicyAssignment(context.db, scope, name)
  if (!assignment)
    throw notFound('PolicyAssignmentNotFound', `The policy assignment '${name}' is not found at the scope '${scope}'.`)
  return assignment
}

/** Only the location can be patched: what else the published PATCH changes is not supported here. */
export async function relocatePolicyAssignment(
  context: OperationContext,
  scope: string,
  name: string,
  location: string | undefined,
): Promise<StoredPolicyAssignment> {
  await authorizeResource(context, `${type}/write`, scope)
  const before = await requireAssignment(context, scope, name)
  if (location === undefined || location === before.location) return before
  const saved = await movePolicyAssignment(context.db, before, location, context.now)
  await appendAudit(context, {
    action: `${type}/write`,
    scope: saved.id,
    before: audited(before),
    after: audited(saved),
  })
  return saved
}

/** Answers what was deleted, or nothing. */
export async function removePolicyAssignment(
  context: OperationContext,
  scope: string,
  name: string,
): Promise<StoredPolicyAssignment | undefined> {
  await authorizeResource(context, `${type}/delete`, scope)
  const assignment = await findPolicyAssignment(context.db, scope, name)
  if (!assignment) return undefined
  await deletePolicyAssignment(context.db, assignment)
  await appendAudit(context, { action: `${type}/delete`, scope: assignment.id, before: audited(assignment) })
  return assignment
}

/** SUB-10: whoever holds any role at the scope may see which policies govern it. */
export async function listPolicyAssignmentsOfScope(
  context: OperationContext,
  list: PolicyAssignmentList,
): Promise<StoredPolicyAssignment[]> {
  await authorizeAnyRole(context, `${type}/read`, list.scope)
  return listPolicyAssignments(context.db, list)
}

const audited = ({ revision: _revision, ...rest }: StoredPolicyAssignment) => rest
