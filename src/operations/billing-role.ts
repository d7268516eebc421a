import {
  type BillingRoleDefinition,
  type BillingScopeKind,
  type BillingTask,
  billingRoleDefinitions,
  findBillingRole,
} from '../domain/access/billing-roles.ts'
import {
  billingAccountId,
  billingProfileId,
  type BillingScope,
  invoiceSectionId,
} from '../domain/billing/billing-ids.ts'
import { conflict, invalid, notFound } from '../domain/refusal.ts'
import {
  type BillingRoleAssignment,
  deleteBillingRoleAssignment,
  findBillingRoleAssignment,
  insertBillingRoleAssignment,
  listBillingRoleAssignments,
  lockBillingRoleAssignments,
} from '../store/billing-role-assignment.ts'
import { findBillingAccount } from '../store/billing-account.ts'
import { findPrincipal } from '../store/principal.ts'
import { appendAudit } from './audit.ts'
import { requireAccount, requireProfile, requireSection } from './billing-access.ts'
import type { OperationContext } from './context.ts'

const tasks: Record<BillingScopeKind, { readonly view: BillingTask; readonly grant: BillingTask }> = {
  account: { view: 'A1', grant: 'A2' },
  profile: { view: 'P1', grant: 'P2' },
  section: { view: 'S1', grant: 'S2' },
}

const kindOf = (scope: BillingScope): BillingScopeKind =>
  scope.section !== undefined ? 'section' : scope.profile !== undefined ? 'profile' : 'account'

/** The scope as it is stored, if a role allows the task on it and it exists. */
async function requireScope(context: OperationContext, task: BillingTask, scope: BillingScope): Promise<string> {
  if (scope.profile !== undefined && scope.section !== undefined) {
    const { access, section } = await requireSection(context, task, scope.account, scope.profile, scope.section)
    return invoiceSectionId(access.account.name, section.billingProfileName, section.name)
  }
  if (scope.profile !== undefined) {
    const { access, profile } = await requireProfile(context, task, scope.account, scope.profile)
    return billingProfileId(access.account.name, profile.name)
  }
  return billingAccountId((await requireAccount(context, task, scope.account)).account.name)
}

export async function listRoleAssignments(
  context: OperationContext,
  scope: BillingScope,
  page: { after?: string | undefined; limit: number },
): Promise<BillingRoleAssignment[]> {
  const id = await requireScope(context, tasks[kindOf(scope)].view, scope)
  return listBillingRoleAssignments(context.db, id, page)
}

export async function getRoleAssignment(
  context: OperationContext,
  scope: BillingScope,
  name: string,
): Promise<BillingRoleAssignment> {
  const id = await requireScope(context, tasks[kindOf(scope)].view, scope)
  return requireAssignment(await findBillingRoleAssignment(context.db, id, name.toLowerCase()), name)
}

export interface WantedAssignment {
  readonly principalId: string
  readonly principalTenantId: string | undefined
  readonly roleDefinitionId: string
}

/** Users, groups and service principals of the account's own tenant may be given a role (BIL-3, BIL-15). */
export async function assignBillingRole(
  context: OperationContext,
  scope: BillingScope,
  wanted: WantedAssignment,
): Promise<BillingRoleAssignment> {
  const kind = kindOf(scope)
  const id = await requireScope(context, tasks[kind].grant, scope)
  const definition = findBillingRole(wanted.roleDefinitionId.split('/').at(-1) ?? '')
  if (!definition || definition.scopeKind !== kind)
    throw invalid(
      'InvalidRoleDefinition',
      `The role '${wanted.roleDefinitionId}' cannot be given at '${id}'. Choose one of its billingRoleDefinitions.`,
      'roleDefinitionId',
    )
  const { account } = await requireAccountOf(context, scope)
  const principal = await findPrincipal(context.db, wanted.principalId)
  const tenantId = wanted.principalTenantId ?? account.tenantId
  if (principal?.tenantId !== account.tenantId || tenantId !== account.tenantId)
    throw invalid(
      'PrincipalNotFound',
      `The principal '${wanted.principalId}' is not in the tenant of the billing account. Invite the person there first (BIL-3).`,
      'principalId',
    )
  const assignment: BillingRoleAssignment = {
    name: context.random.uuid(),
    billingAccountName: account.name,
    scope: id,
    roleDefinitionName: definition.id,
    principalTenantId: account.tenantId,
    principalId: principal.id,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  }
  if (!(await insertBillingRoleAssignment(context.db, assignment)))
    throw conflict(
      'RoleAssignmentExists',
      `The principal '${principal.id}' has the role '${definition.name}' here already.`,
    )
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingRoleAssignments/write',
    scope: id,
    after: { principalId: principal.id, role: definition.name },
  })
  return assignment
}

/** The last one at a scope stays, so that nobody is locked out (ACC-10). */
export async function revokeBillingRole(
  context: OperationContext,
  scope: BillingScope,
  name: string,
): Promise<BillingRoleAssignment> {
  const id = await requireScope(context, tasks[kindOf(scope)].grant, scope)
  const assignments = await lockBillingRoleAssignments(context.db, id)
  const assignment = requireAssignment(
    assignments.find((candidate) => candidate.name === name.toLowerCase()),
    name,
  )
  if (assignments.length === 1)
    throw conflict(
      'LastRoleAssignment',
      `This is the last role assignment at '${id}'. Give a role to somebody else first.`,
    )
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
  const id = await requireScope(context, tasks[kind].view, scope)
  return { scope: id, definitions: billingRoleDefinitions.filter((definition) => definition.scopeKind === kind) }
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
