import { canonicalJson } from '../domain/rating/canonical-json.ts'
import { builtInPolicies, builtInPolicyId, findBuiltInPolicy } from '../domain/resource/policy-built-in.ts'
import {
  parsePolicyRule,
  type PolicyDefinition,
  type PolicyDefinitionContent,
} from '../domain/resource/policy-definition.ts'
import { conflict, invalid, notFound, type Refusal } from '../domain/refusal.ts'
import { isPolicyAssigned } from '../store/policy-assignment.ts'
import {
  type CustomPolicy,
  deleteCustomPolicy,
  findCustomPolicy,
  listCustomPolicies,
  lockCustomPolicy,
  saveCustomPolicy,
} from '../store/policy-definition.ts'
import { tenantOfScope } from './assign-role.ts'
import { appendAudit } from './audit.ts'
import { authorizeAnyRole, authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { holdDirectoryOf } from './hold-directory.ts'

const type = 'Microsoft.Authorization/policyDefinitions'

/** SUB-10: Owner and Resource Policy Contributor define; what cannot be carried out here is refused by name. */
export async function savePolicyDefinition(
  context: OperationContext,
  scope: string,
  name: string,
  content: PolicyDefinitionContent,
): Promise<CustomPolicy> {
  await holdDirectoryOf(context, scope)
  await authorizeResource(context, `${type}/write`, scope)
  if (findBuiltInPolicy(builtInPolicyId(name)))
    throw invalid(
      'PolicyDefinitionIsBuiltIn',
      `The name '${name}' is that of a built-in policy definition. Choose another name.`,
    )
  parsePolicyRule(content)
  const before = await lockCustomPolicy(context.db, scope, name, 'update')
  if (before && canonicalJson({ ...audited(before), ...content }) === canonicalJson(audited(before))) return before
  const key = { scope, name, tenantId: await tenantOfScope(context, scope) }
  const saved = await saveCustomPolicy(context.db, key, content, context.now, context.caller.objectId)
  await appendAudit(context, {
    action: `${type}/write`,
    scope: saved.id,
    ...(before ? { before: audited(before) } : {}),
    after: audited(saved),
  })
  return saved
}

export async function getPolicyDefinition(
  context: OperationContext,
  scope: string,
  name: string,
): Promise<PolicyDefinition | CustomPolicy> {
  await authorizeAnyRole(context, `${type}/read`, scope)
  const definition = await findCustomPolicy(context.db, scope, name)
  if (!definition) throw policyDefinitionNotFound(name)
  return definition
}

/** Built-in definitions are the same for everybody who signed in. */
export function getBuiltInPolicy(name: string): PolicyDefinition {
  const definition = findBuiltInPolicy(builtInPolicyId(name))
  if (!definition) throw policyDefinitionNotFound(name)
  return definition
}

const policyDefinitionNotFound = (name: string): Refusal =>
  notFound('PolicyDefinitionNotFound', `The policy definition '${name}' could not be found.`)

export async function listPolicyDefinitions(
  context: OperationContext,
  scope: string,
): Promise<(PolicyDefinition | CustomPolicy)[]> {
  await authorizeAnyRole(context, `${type}/read`, scope)
  return [...builtInPolicies, ...(await listCustomPolicies(context.db, scope))]
}

export const listBuiltInPolicies = (): readonly PolicyDefinition[] => builtInPolicies

/** Answers what was deleted, or nothing. */
export async function removePolicyDefinition(
  context: OperationContext,
  scope: string,
  name: string,
): Promise<CustomPolicy | undefined> {
  await authorizeResource(context, `${type}/delete`, scope)
  const definition = await lockCustomPolicy(context.db, scope, name, 'update')
  if (!definition) return undefined
  if (await isPolicyAssigned(context.db, definition.id))
    throw conflict(
      'PolicyDefinitionInUse',
      `The policy definition '${name}' is still assigned. Delete its policy assignments first.`,
    )
  await deleteCustomPolicy(context.db, scope, name)
  await appendAudit(context, { action: `${type}/delete`, scope: definition.id, before: audited(definition) })
  return definition
}

const audited = ({ revision: _revision, ...rest }: CustomPolicy) => rest
