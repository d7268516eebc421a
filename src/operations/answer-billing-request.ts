import type { BillingTask } from '../domain/access/billing-roles.ts'
import { billingAccountId, parseBillingScope } from '../domain/billing/billing-ids.ts'
import { isRequestAnswer, requestStatusAt } from '../domain/billing/billing-request.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { conflict, forbidden, invalid, notFound } from '../domain/refusal.ts'
import { findAssociatedTenant, replaceAssociatedTenant } from '../store/associated-tenant.ts'
import { lockBillingAccount } from '../store/billing-account.ts'
import { insertBillingRoleAssignment } from '../store/billing-role-assignment.ts'
import {
  answerBillingRequest,
  type BillingRequest,
  findBillingRequest,
  lockBillingRequest,
} from '../store/billing-request.ts'
import { appendAudit } from './audit.ts'
import { allowsBillingTask, isGlobalAdministrator } from './authorize.ts'
import type { OperationContext } from './context.ts'

/**
 * BillingRequests_CreateOrUpdate: who was asked approves or declines, who may give roles there cancels. Requests are
 * made by what needs them, never here. The same answer again changes nothing.
 */
export async function answerRequest(
  context: OperationContext,
  name: string,
  answer: { readonly status: string | undefined; readonly reason: string | undefined },
): Promise<BillingRequest> {
  const { db, now, caller } = context
  const seen = await requireKnownRequest(context, name)
  const { status } = answer
  if (status === undefined || !isRequestAnswer(status))
    throw invalid(
      'InvalidBillingRequestStatus',
      "A billing request is answered with the status 'Approved', 'Declined' or 'Cancelled'.",
      'properties.status',
    )
  if (!(status === 'Cancelled' ? await mayGive(context, seen) : await isAsked(context, seen)))
    throw forbidden('AuthorizationFailed', whoMay(seen, status), {
      details: [{ code: 'BillingRequestNotYours', message: whoMay(seen, status) }],
    })
  await lockBillingAccount(db, seen.account)
  const request = (await lockBillingRequest(db, seen.name)) ?? seen
  const current = requestStatusAt(request, now)
  if (current === status) return request
  if (current !== 'Pending')
    throw conflict(
      current === 'Expired' ? 'BillingRequestExpired' : 'BillingRequestNotPending',
      current === 'Expired'
        ? `The request expired at ${request.expiresAt.toISOString()}. Ask for a new one.`
        : `The request is ${current} and stays so. Ask for a new one.`,
    )
  const reason = answer.reason ?? null
  await answerBillingRequest(db, request.name, { status, at: now, by: caller.objectId, byName: caller.name, reason })
  if (request.type === 'RoleAssignment' && status === 'Approved') await giveRole(context, request)
  if (request.type === 'ProvisioningAccess') await switchProvisioning(context, request, status)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingRequests/write',
    scope: request.scope,
    before: { name: request.name, status: request.status },
    after: { name: request.name, status, reason },
  })
  return (await findBillingRequest(db, request.name)) ?? request
}

/** The request, for whom it concerns: who was asked, who asked, and who sees the roles where it was made. */
export async function requireKnownRequest(context: OperationContext, name: string): Promise<BillingRequest> {
  const request = isGuid(name) ? await findBillingRequest(context.db, name.toLowerCase()) : undefined
  if (request) {
    const { account, createdBy } = request
    if (createdBy === context.caller.objectId || (await isAsked(context, request))) return request
    if (await allowsBillingTask(context, 'A1', billingAccountId(account))) return request
    if (await allowsBillingTask(context, tasksAt(request).view, request.scope)) return request
  }
  throw notFound('BillingRequestNotFound', `There is no billing request '${name}' that you were asked or asked for.`)
}

async function isAsked(context: OperationContext, request: BillingRequest): Promise<boolean> {
  const { caller } = context
  if (request.principalId !== null)
    return caller.tenantId === request.tenantId && caller.objectId === request.principalId
  return caller.tenantId === request.tenantId && isGlobalAdministrator(context, request.tenantId)
}

const mayGive = (context: OperationContext, request: BillingRequest): Promise<boolean> =>
  request.type === 'ProvisioningAccess'
    ? allowsBillingTask(context, 'A2', billingAccountId(request.account))
    : allowsBillingTask(context, tasksAt(request).grant, request.scope)

function tasksAt({ scope }: BillingRequest): { readonly view: BillingTask; readonly grant: BillingTask } {
  const parsed = parseBillingScope(scope)
  if (parsed?.section !== undefined) return { view: 'S1', grant: 'S2' }
  return parsed?.profile === undefined ? { view: 'A1', grant: 'A2' } : { view: 'P1', grant: 'P2' }
}

function whoMay(request: BillingRequest, status: string): string {
  if (status === 'Cancelled') return 'Only who may give roles there can cancel the request.'
  return request.type === 'RoleAssignment'
    ? 'Only the person that the role was offered to can approve or decline it.'
    : 'Only a Global administrator of the tenant that was asked can approve or decline it.'
}

/** The role has the name of the request that it rests on; the database looks for that. */
async function giveRole(context: OperationContext, request: BillingRequest): Promise<void> {
  const { db, now } = context
  const tenant = await findAssociatedTenant(db, request.account, request.tenantId)
  if (tenant?.billing !== 'Active' || request.principalId === null || request.roleDefinitionName === null)
    throw conflict(
      'AssociatedTenantNotActive',
      'The tenant has no billing management on this account any more. Ask for it to be switched on again.',
    )
  const { name, account, scope, tenantId, principalId, roleDefinitionName, createdBy } = request
  const assignment = { name, billingAccountName: account, scope, roleDefinitionName, principalId, createdBy }
  const isNew = await insertBillingRoleAssignment(db, { ...assignment, principalTenantId: tenantId, createdAt: now })
  if (!isNew) return
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingRoleAssignments/write',
    scope,
    after: { principalId, role: roleDefinitionName, billingRequest: name },
  })
}

async function switchProvisioning(
  context: OperationContext,
  request: BillingRequest,
  status: 'Approved' | 'Declined' | 'Cancelled',
): Promise<void> {
  const tenant = await findAssociatedTenant(context.db, request.account, request.tenantId)
  if (!tenant) return
  const provisioning = status === 'Approved' ? 'Active' : status === 'Declined' ? 'BillingRequestDeclined' : 'Revoked'
  await replaceAssociatedTenant(context.db, { ...tenant, provisioning })
}

/** Notes that nobody answered in time; what was answered stays as it is. */
export async function expireBillingRequest(
  context: OperationContext,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { db, now } = context
  const request = await lockBillingRequest(db, String(payload.name))
  if (request?.status !== 'Pending' || requestStatusAt(request, now) !== 'Expired') return
  await answerBillingRequest(db, request.name, { status: 'Expired', at: now, by: null, byName: null, reason: null })
  if (request.type === 'ProvisioningAccess') {
    const tenant = await findAssociatedTenant(db, request.account, request.tenantId)
    if (tenant) await replaceAssociatedTenant(db, { ...tenant, provisioning: 'BillingRequestExpired' })
  }
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingRequests/write',
    scope: request.scope,
    before: { name: request.name, status: 'Pending' },
    after: { name: request.name, status: 'Expired' },
  })
}
