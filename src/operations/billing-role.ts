import {
  type BillingRoleDefinition,
  type BillingScopeKind,
  type BillingTask,
  billingRoleDefinitions,
  findBillingRole,
} from '../domain/access/billing-roles.ts'
import { billingActionsOf, billingTasksAt, billingTasksOfAction } from '../domain/access/billing-actions.ts'
import type { BillingScope } from '../domain/billing/billing-ids.ts'
import { conflict, invalid, notFound } from '../domain/refusal.ts'
import { findAssignee } from '../store/access-facts.ts'
import { findAssociatedTenant } from '../store/associated-tenant.ts'
import {
  type BillingRoleAssignment,
  deleteBillingRoleAssignment,
  findBillingRoleAssignment,
  insertBillingRoleAssignment,
  listBillingRoleAssignments,
  lockBillingRoleAssignments,
} from '../store/billing-role-assignment.ts'
import { type BillingAccount, findBillingAccount } from '../store/billing-account.ts'
import { appendAudit } from './audit.ts'
import { requireBillingScope, requireKnownAccount, scopeIdOf } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { askForRole } from './open-billing-request.ts'

const tasks: Record<BillingScopeKind, { readonly view: BillingTask; readonly grant: BillingTask }> = {
  account: { view: 'A1', grant: 'A2' },
  profile: { view: 'P1', grant: 'P2' },
  section: { view: 'S1', grant: 'S2' },
}

const kindOf = (scope: BillingScope): BillingScopeKind =>
  scope.section !== undefined ? 'section' : scope.profile !== undefined ? 'profile' : 'account'

export async function listRoleAssignments(
  context: OperationContext,
  scope: BillingScope,
  page: { after?: string | undefined; limit: number },
): Promise<BillingRoleAssignment[]> {
  const id = await requireBillingScope(context, tasks[kindOf(scope)].view, scope)
  return listBillingRoleAssignments(context.db, id, page)
}

export async function getRoleAssignment(
  context: OperationContext,
  scope: BillingScope,
  name: string,
): Promise<BillingRoleAssignment> {
  const id = await requireBillingScope(context, tasks[kindOf(scope)].view, scope)
  return requireAssignment(await findBillingRoleAssignment(context.db, id, name.toLowerCase()), name)
}

export interface WantedAssignment {
  readonly principalId: string
  readonly principalTenantId: string | undefined
  readonly roleDefinitionId: string
}

/** A role that a person of an associated tenant has yet to agree to. */
export interface OfferedRole extends BillingRoleAssignment {
  readonly billingRequest: string
}

/** Users, groups and service principals of the account's own tenant may be given a role (BIL-3, BIL-15). */
export async function assignBillingRole(
  context: OperationContext,
  scope: BillingScope,
  wanted: WantedAssignment,
): Promise<BillingRoleAssignment | OfferedRole> {
  const kind = kindOf(scope)
  const id = await requireBillingScope(context, tasks[kind].grant, scope)
  const definition = findBillingRole(wanted.roleDefinitionId.split('/').at(-1) ?? '')
  if (!definition || definition.scopeKind !== kind)
    throw invalid(
      'InvalidRoleDefinition',
      `The role '${wanted.roleDefinitionId}' cannot be given at '${id}'. Choose one of its billingRoleDefinitions.`,
      'roleDefinitionId',
    )
  const { account } = await requireAccountOf(context, scope)
  const elsewhere = await findAssociatedAssignee(context, account, wanted)
  if (elsewhere !== undefined) return offerRole(context, account, id, definition, elsewhere)
  await requireAssignee(context, account.tenantId, wanted)
  const assignment: BillingRoleAssignment = {
    name: context.random.uuid(),
    billingAccountName: account.name,
    scope: id,
    roleDefinitionName: definition.id,
    principalTenantId: account.tenantId,
    principalId: wanted.principalId,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  }
  if (!(await insertBillingRoleAssignment(context.db, assignment)))
    throw conflict(
      'RoleAssignmentExists',
      `The principal '${wanted.principalId}' has the role '${definition.name}' here already.`,
    )
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingRoleAssignments/write',
    scope: id,
    after: { principalId: wanted.principalId, role: definition.name },
  })
  return assignment
}

/** The tenant of a person who is outside the billing tenant and may be offered a role all the same (OWN-13). */
async function findAssociatedAssignee(
  { db }: OperationContext,
  account: BillingAccount,
  { principalId, principalTenantId }: WantedAssignment,
): Promise<{ tenantId: string; principalId: string } | undefined> {
  if (principalTenantId === undefined || principalTenantId === account.tenantId) return undefined
  const tenant = await findAssociatedTenant(db, account.name, principalTenantId)
  if (tenant?.billing !== 'Active') return undefined
  const assignee = await findAssignee(db, principalTenantId, principalId)
  return assignee?.kind === 'user' && !assignee.isPending ? { tenantId: principalTenantId, principalId } : undefined
}

/** What the role will be once the person has agreed; until then it gives nothing. */
async function offerRole(
  context: OperationContext,
  account: BillingAccount,
  scope: string,
  definition: BillingRoleDefinition,
  { tenantId, principalId }: { readonly tenantId: string; readonly principalId: string },
): Promise<OfferedRole> {
  const existing = await listBillingRoleAssignments(context.db, scope)
  if (existing.some((one) => one.principalId === principalId && one.roleDefinitionName === definition.id))
    throw conflict(
      'RoleAssignmentExists',
      `The principal '${principalId}' has the role '${definition.name}' here already.`,
    )
  const request = await askForRole(context, {
    account: account.name,
    accountDisplayName: account.displayName,
    tenantId,
    scope,
    principalId,
    roleDefinitionName: definition.id,
    roleName: definition.name,
  })
  return {
    name: request.name,
    billingAccountName: account.name,
    scope,
    roleDefinitionName: definition.id,
    principalTenantId: tenantId,
    principalId,
    createdAt: request.createdAt,
    createdBy: request.createdBy,
    billingRequest: request.name,
  }
}

/** A billing role reaches nobody outside the billing tenant, and no guest before the invitation is accepted (TEN-10). */
async function requireAssignee(context: OperationContext, tenantId: string, wanted: WantedAssignment): Promise<void> {
  const isOfTenant = wanted.principalTenantId === undefined || wanted.principalTenantId === tenantId
  const assignee = isOfTenant ? await findAssignee(context.db, tenantId, wanted.principalId) : undefined
  if (!assignee)
    throw invalid(
      'PrincipalNotInBillingTenant',
      `The principal '${wanted.principalId}' is not in the tenant of the billing account. Invite the person as a guest of that tenant first.`,
      'principalId',
    )
  if (assignee.isPending)
    throw invalid(
      'InvitationNotAccepted',
      'The guest has not accepted the invitation yet. Give the role when the invitation is accepted.',
      'principalId',
    )
}

/** The last one at a scope stays, so that nobody is locked out (ACC-10). */
export async function revokeBillingRole(
  context: OperationContext,
  scope: BillingScope,
  name: string,
): Promise<BillingRoleAssignment> {
  const id = await requireBillingScope(context, tasks[kindOf(scope)].grant, scope)
  const assignments = await lockBillingRoleAssignments(context.db, id)
  const assignment = requireAssignment(
    assignments.find((candidate) => candidate.name === name.toLowerCase()),
    name,
  )
  if (assignments.length === 1)
    throw conflict('LastScopeOwner', `This is the last role assignment at '${id}'. Give a role to somebody else first.`)
  await deleteBillingRoleAssignment(context.db, assignment.name)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingRoleAssignments/delete',
    scope: id,
    before: { principalId: assignment.principalId, role: assignment.roleDefinitionName },
  })
  return assignment
}

/** The definitions that can be assigned at a scope; who may see its assignments may see them. */
export async function listRoleDefinitions(
  context: OperationContext,
  scope: BillingScope,
): Promise<{ readonly scope: string; readonly definitions: readonly BillingRoleDefinition[] }> {
  const kind = kindOf(scope)
  const id = await requireBillingScope(context, tasks[kind].view, scope)
  return { scope: id, definitions: billingRoleDefinitions.filter((definition) => definition.scopeKind === kind) }
}

/** What the caller may do at the scope (BIL-16). */
export async function listBillingActions(context: OperationContext, scope: BillingScope): Promise<string[]> {
  const allows = await accessAt(context, scope)
  return billingActionsOf(billingTasksAt(kindOf(scope)).filter(allows))
}

/** `undefined` where the action means nothing at this scope. */
export async function checkBillingAccess(
  context: OperationContext,
  scope: BillingScope,
  actions: readonly string[],
): Promise<{ readonly action: string; readonly isAllowed: boolean | undefined }[]> {
  const allows = await accessAt(context, scope)
  return actions.map((action) => {
    const rows = billingTasksOfAction(action, kindOf(scope))
    return { action, isAllowed: rows.length === 0 ? undefined : rows.some(allows) }
  })
}

async function accessAt(context: OperationContext, scope: BillingScope): Promise<(task: BillingTask) => boolean> {
  const access = await requireKnownAccount(context, scope.account)
  const id = scopeIdOf({ ...scope, account: access.account.name })
  return (task) => access.allows(task, id)
}

async function requireAccountOf(context: OperationContext, scope: BillingScope) {
  const account = await findBillingAccount(context.db, scope.account)
  if (!account) throw notFound('BillingAccountNotFound', `The billing account '${scope.account}' could not be found.`)
  return { account }
}

function requireAssignment(assignment: BillingRoleAssignment | undefined, name: string): BillingRoleAssignment {
  if (assignment) return assignment
  throw notFound('BillingRoleAssignmentNotFound', `The billing role assignment '${name}' could not be found.`)
}
