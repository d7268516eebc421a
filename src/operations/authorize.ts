import type { AskedFor, Decision } from '../domain/access/evaluate.ts'
import { evaluate } from '../domain/access/evaluate.ts'
import { isReadOrDelete } from '../domain/access/action.ts'
import { builtInRoles } from '../domain/access/built-in-roles.ts'
import type { RoleDefinition, RolePermission } from '../domain/access/role-definition.ts'
import { scopeKey, scopesAbove, subscriptionOf } from '../domain/access/scope.ts'
import { isLockable, locksAgainst, scopeLocked } from '../domain/resource/management-lock.ts'
import { conflict, forbidden, invalid, notFound, type Refusal } from '../domain/refusal.ts'
import {
  findSubscriptionFacts,
  type GrantRow,
  listSubscriptionsOfPrincipal,
  loadGrants,
  type SubscriptionFacts,
} from '../store/access-facts.ts'
import { listLocks } from '../store/management-lock.ts'
import type { OperationContext } from './context.ts'

export { authorizeBilling, allowsBillingTask } from './authorize-billing.ts'
export {
  allowsDirectoryPermission,
  authorizeDirectory,
  identitiesOf,
  isGlobalAdministrator,
} from './authorize-directory.ts'

type AccessContext = Pick<OperationContext, 'db' | 'caller' | 'now'>

/**
 * Refuses unless a resource role of the caller allows the action on the scope, and the subscription's state does
 * (SUB-5, SUB-26), and no management lock forbids it. Unknown and foreign subscriptions look alike; without the permission the answer is the same whether
 * the thing below exists or not.
 */
export async function authorizeResource(context: AccessContext, action: string, scope: string): Promise<void> {
  const subscription = await authorize(context, { action }, scope)
  if (!subscription) return
  refuseByState(subscription, action)
  await refuseByLocks(context, action, scope)
}

/** A lock holds for everybody, whatever role allows the action. */
async function refuseByLocks({ db }: AccessContext, action: string, scope: string): Promise<void> {
  if (!isLockable(action)) return
  const locks = locksAgainst(action, scope, await listLocks(db, scope))
  if (locks.length > 0) throw scopeLocked(action, scope, locks)
}

async function authorize(
  context: AccessContext,
  asked: AskedFor,
  scope: string,
): Promise<SubscriptionFacts | undefined> {
  const access = await decide(context, asked, scope)
  if (access === undefined) throw subscriptionNotFound(scope)
  if (!access.decision.allowed) throw authorizationFailed(context, asked, scope, access.decision)
  return access.subscription
}

/** Whether a role allows the action; the subscription's state is not looked at. */
export async function allowsResource(context: AccessContext, action: string, scope: string): Promise<boolean> {
  return (await decide(context, { action }, scope))?.decision.allowed ?? false
}

export async function allowsResourceData(context: AccessContext, dataAction: string, scope: string): Promise<boolean> {
  return (await decide(context, { dataAction }, scope))?.decision.allowed ?? false
}

/** Refuses unless the caller holds any role at the scope or above it: who is governed by a policy may read it (SUB-10). */
export async function authorizeAnyRole(context: AccessContext, action: string, scope: string): Promise<void> {
  const access = await decide(context, { action }, scope)
  if (access === undefined) throw subscriptionNotFound(scope)
  if (!access.decision.allowed && access.effective.length === 0)
    throw authorizationFailed(context, { action }, scope, access.decision)
}

/** What the caller's roles give at the scope; nothing at all is an answer too. */
export async function listPermissions(context: AccessContext, scope: string): Promise<readonly RolePermission[]> {
  const access = await decide(context, { action: 'Microsoft.Authorization/permissions/read' }, scope)
  if (access === undefined) throw subscriptionNotFound(scope)
  const definitions = definitionsOf(access.effective)
  return access.effective.flatMap(
    (grant) => definitions.find((role) => role.id === grant.roleDefinitionId)?.permissions ?? [],
  )
}

/** The decision and why; nothing when the subscription is not one that the caller can know of. */
export async function explainAccess(
  context: AccessContext,
  asked: AskedFor,
  scope: string,
): Promise<Decision | undefined> {
  return (await decide(context, asked, scope))?.decision
}

export function listVisibleSubscriptionIds(context: AccessContext): Promise<string[]> {
  return listSubscriptionsOfPrincipal(context.db, context.caller, context.now)
}

export function authorizeOperator(context: Pick<OperationContext, 'caller'>): void {
  if (context.caller.isOperator) return
  throw forbidden(
    'AuthorizationFailed',
    `The client '${context.caller.name}' with object id '${context.caller.objectId}' is not the operator of this installation. Use the credentials of operator.json.`,
    { details: [{ code: 'OperatorRequired', message: 'Only the operator of the installation may do this.' }] },
  )
}

interface Access {
  readonly subscription: SubscriptionFacts | undefined
  readonly decision: Decision
  /** Everything that was granted to the caller at the scope or above it. */
  readonly effective: readonly GrantRow[]
}

async function decide(context: AccessContext, asked: AskedFor, scope: string): Promise<Access | undefined> {
  const key = scopeKey(scope)
  const subscriptionId = subscriptionOf(key)
  const { principals, grants } = await loadGrants(context.db, context.caller, scopesAbove(key))
  if (subscriptionId === undefined) {
    const own = grants.filter((grant) => grant.tenantId === context.caller.tenantId)
    return { subscription: undefined, ...judge(own) }
  }
  requireGuid(subscriptionId)
  const subscription = await findSubscriptionFacts(context.db, subscriptionId, context.now)
  if (!subscription || subscription.state === 'Deleted') return undefined
  // PAR-12: a partner's group may hold a role in a subscription that trusts its customer's tenant.
  const inTenant = grants.filter((grant) => grant.tenantId === subscription.tenantId)
  const isForeign = subscription.tenantId !== context.caller.tenantId
  const effective = isForeign ? inTenant.filter((grant) => grant.principalType === 'ForeignGroup') : inTenant
  if (isForeign && effective.length === 0) return undefined
  return { subscription, ...judge(effective) }

  function judge(assignments: readonly GrantRow[]) {
    const decision = evaluate({ ...asked, scope, principals, assignments, definitions: definitionsOf(assignments) })
    return { decision, effective: assignments }
  }
}

export function definitionsOf(grants: readonly GrantRow[]): readonly RoleDefinition[] {
  const custom = new Map<string, RoleDefinition>()
  for (const { roleDefinitionId: id, customRole } of grants)
    if (customRole) custom.set(id, { id, ...customRole, description: '', isBuiltIn: false, assignableScopes: [] })
  return custom.size === 0 ? builtInRoles : [...builtInRoles, ...custom.values()]
}

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function requireGuid(subscriptionId: string): void {
  if (guid.test(subscriptionId)) return
  throw invalid(
    'InvalidSubscriptionId',
    `The provided subscription identifier '${subscriptionId}' is malformed or invalid. It must be a GUID.`,
  )
}

function subscriptionNotFound(scope: string): Refusal {
  return notFound('SubscriptionNotFound', `The subscription '${subscriptionOf(scope) ?? ''}' could not be found.`)
}

/** Azure's sentence; `details` say which role would have been needed (ACC-3, ACC-14). */
export function authorizationFailed(
  context: Pick<OperationContext, 'caller'>,
  asked: AskedFor,
  scope: string,
  decision?: Decision,
): Refusal {
  const action = 'action' in asked ? asked.action : asked.dataAction
  const { name, objectId } = context.caller
  return forbidden(
    'AuthorizationFailed',
    `The client '${name}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    decision ? { details: [neededFor(decision, scope)] } : {},
  )
}

function neededFor({ reason }: Decision, scope: string): { code: string; message: string } {
  if (reason.kind === 'denied')
    return { code: 'DeniedByDenyAssignment', message: `The deny assignment '${reason.denyAssignment.id}' forbids it.` }
  const roles = reason.kind === 'missing' ? reason.wouldHaveAllowed.map((role) => `'${role.name}'`).join(', ') : ''
  const needed =
    roles === ''
      ? 'No role that is known here allows this action.'
      : `One of these roles at '${scope}' or above allows it: ${roles}.`
  return {
    code: 'RoleAssignmentMissing',
    message: `${needed} Check that the right role is assigned, that the invitation is accepted, and that the token is for the right tenant.`,
  }
}

/** The one write that a disabled subscription takes is the one that enables it again. */
const reactivation = 'microsoft.subscription/enable/action'

function refuseByState({ id, state }: SubscriptionFacts, action: string): void {
  if (state === 'Suspended')
    throw conflict(
      'SubscriptionSuspended',
      `The subscription '${id}' is suspended by the partner who sells it. Its data is kept; ask the partner to resume it.`,
    )
  if (state !== 'Disabled' && state !== 'Expired') return
  if (isReadOrDelete(action) || action.toLowerCase() === reactivation) return
  throw conflict(
    'ReadOnlyDisabledSubscription',
    `The subscription '${id}' is ${state.toLowerCase()} and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.`,
  )
}
