import {
  decideSwitches,
  mayAssociateTenants,
  type ProvisioningState,
  type TenantSwitches,
} from '../domain/billing/associated-tenant.ts'
import { billingAccountId } from '../domain/billing/billing-ids.ts'
import { requestStatusAt } from '../domain/billing/billing-request.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { conflict, invalid, notFound } from '../domain/refusal.ts'
import {
  type AssociatedTenant,
  countOwnRoles,
  deleteRolesOfTenant,
  findAssociatedTenant,
  listAssociatedTenants,
  replaceAssociatedTenant,
} from '../store/associated-tenant.ts'
import { type BillingAccount, lockBillingAccount } from '../store/billing-account.ts'
import { answerBillingRequest, findBillingRequest, listOpenRequestsOf } from '../store/billing-request.ts'
import { findTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import { requireAccount } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { askForProvisioning } from './open-billing-request.ts'

export const associatedTenantId = ({ account, tenantId }: Pick<AssociatedTenant, 'account' | 'tenantId'>): string =>
  `${billingAccountId(account)}/associatedTenants/${tenantId}`

export async function listAssociated(
  context: OperationContext,
  accountName: string,
  page: { includesRevoked: boolean; after?: string | undefined; limit: number },
): Promise<AssociatedTenant[]> {
  const { account } = await requireAccount(context, 'A1', accountName)
  const listed = await listAssociatedTenants(context.db, account.name, page)
  return Promise.all(listed.map((tenant) => asItIs(context, tenant)))
}

export async function getAssociated(
  context: OperationContext,
  accountName: string,
  tenantId: string,
): Promise<AssociatedTenant> {
  const { account } = await requireAccount(context, 'A1', accountName)
  const found = isGuid(tenantId)
    ? await findAssociatedTenant(context.db, account.name, tenantId.toLowerCase())
    : undefined
  if (!found)
    throw notFound('AssociatedTenantNotFound', `The tenant '${tenantId}' is not associated with the billing account.`)
  return asItIs(context, found)
}

/**
 * AssociatedTenants_CreateOrUpdate, by whoever may give roles on the account (OWN-13). Billing management holds at once,
 * for each person who then agrees; provisioning once a Global administrator of the other tenant has agreed.
 */
export async function putAssociated(
  context: OperationContext,
  accountName: string,
  tenantId: string,
  wanted: {
    readonly displayName: string | undefined
    readonly billing: string | undefined
    readonly provisioning: string | undefined
  },
): Promise<{ tenant: AssociatedTenant; isNew: boolean }> {
  const { account } = await requireAccount(context, 'A2', accountName)
  requireEnterprise(account)
  await lockBillingAccount(context.db, account.name)
  const id = await requireOtherTenant(context, account, tenantId)
  const stored = await findAssociatedTenant(context.db, account.name, id)
  const before = stored && (await asItIs(context, stored))
  const decision = decideSwitches(before && switchesOf(before), wanted)
  if (decision.kind === 'refused') throw invalid(decision.code, decision.message, 'properties')
  const { billing, provisioning } = decision.switches
  const displayName = wanted.displayName ?? before?.displayName
  if (displayName === undefined)
    throw invalid('InvalidRequestContent', "'properties.displayName' is required.", 'properties.displayName')
  const isUnchanged =
    before && before.displayName === displayName && before.billing === billing && before.provisioning === provisioning
  if (isUnchanged) return { tenant: before, isNew: false }
  const changed: AssociatedTenant = {
    account: account.name,
    tenantId: id,
    displayName,
    billing,
    provisioning: decision.asksForProvisioning ? (before?.provisioning ?? 'NotRequested') : provisioning,
    provisioningRequest: before?.provisioningRequest ?? null,
    createdAt: before?.createdAt ?? context.now,
    createdBy: before?.createdBy ?? context.caller.objectId,
  }
  // Before the rows below that refer to it.
  await replaceAssociatedTenant(context.db, changed)
  if (before?.billing === 'Active' && billing !== 'Active') await endBillingManagement(context, account, id)
  if (before?.provisioning === 'Pending' && provisioning === 'Revoked') await withdraw(context, changed, 'provisioning')
  const tenant = decision.asksForProvisioning
    ? { ...changed, provisioning, provisioningRequest: await askForProvisioning(context, changed) }
    : changed
  if (decision.asksForProvisioning) await replaceAssociatedTenant(context.db, tenant)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/associatedTenants/write',
    scope: associatedTenantId(tenant),
    before: before && { displayName: before.displayName, ...switchesOf(before) },
    after: { displayName, billing, provisioning },
  })
  return { tenant, isNew: before === undefined }
}

/** AssociatedTenants_Delete: both switches off, every role taken, every question withdrawn, all at once. */
export async function deleteAssociated(
  context: OperationContext,
  accountName: string,
  tenantId: string,
): Promise<void> {
  const { account } = await requireAccount(context, 'A2', accountName)
  await lockBillingAccount(context.db, account.name)
  const stored = isGuid(tenantId)
    ? await findAssociatedTenant(context.db, account.name, tenantId.toLowerCase())
    : undefined
  if (!stored || (stored.billing === 'Revoked' && stored.provisioning === 'Revoked')) return
  await endBillingManagement(context, account, stored.tenantId)
  await withdraw(context, stored, 'all')
  await replaceAssociatedTenant(context.db, { ...stored, billing: 'Revoked', provisioning: 'Revoked' })
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/associatedTenants/delete',
    scope: associatedTenantId(stored),
    before: switchesOf(stored),
    after: { billing: 'Revoked', provisioning: 'Revoked' },
  })
}

/** A question that nobody answered in time is over, also before that was noted. */
async function asItIs(context: OperationContext, tenant: AssociatedTenant): Promise<AssociatedTenant> {
  if (tenant.provisioning !== 'Pending' || tenant.provisioningRequest === null) return tenant
  const request = await findBillingRequest(context.db, tenant.provisioningRequest)
  const isExpired = request && requestStatusAt(request, context.now) === 'Expired'
  const provisioning: ProvisioningState = isExpired ? 'BillingRequestExpired' : 'Pending'
  return { ...tenant, provisioning }
}

const switchesOf = ({ billing, provisioning }: AssociatedTenant): TenantSwitches => ({ billing, provisioning })

function requireEnterprise(account: BillingAccount): void {
  if (mayAssociateTenants(account)) return
  throw conflict(
    'AssociatedTenantsNotSupported',
    `Tenants are associated with accounts of the enterprise kind only, and this one is ${account.accountType} under ${account.agreementType}. Invite the people as guests of the account's tenant instead.`,
  )
}

async function requireOtherTenant(context: OperationContext, account: BillingAccount, id: string): Promise<string> {
  const tenant = isGuid(id) ? await findTenant(context.db, id.toLowerCase()) : undefined
  if (!tenant || tenant.kind !== 'workforce')
    throw invalid(
      'TenantNotFound',
      `There is no tenant '${id}' to associate. The name is the id of a workforce tenant.`,
      'associatedTenantName',
    )
  if (tenant.id === account.tenantId)
    throw invalid('InvalidTenant', 'The tenant is that of the billing account already.', 'associatedTenantName')
  return tenant.id
}

/** ACC-10: somebody of the account's own tenant stays, so that it is not locked by what it takes back. */
async function endBillingManagement(
  context: OperationContext,
  account: BillingAccount,
  tenantId: string,
): Promise<void> {
  const taken = await deleteRolesOfTenant(context.db, account.name, tenantId)
  const scope = billingAccountId(account.name)
  if (taken.some((one) => one.scope === scope) && (await countOwnRoles(context.db, scope, account.tenantId)) === 0)
    throw conflict(
      'LastScopeOwner',
      'Only people of the associated tenant hold a role on the account itself. Give one to somebody of its own tenant first.',
    )
  for (const { scope: at, principalId, role } of taken)
    await appendAudit(context, {
      action: 'Microsoft.Billing/billingRoleAssignments/delete',
      scope: at,
      before: { principalId, role },
    })
  for (const request of await listOpenRequestsOf(context.db, account.name, tenantId))
    if (request.type === 'RoleAssignment') await cancel(context, request.name)
}

async function withdraw(
  context: OperationContext,
  { account, tenantId }: AssociatedTenant,
  what: 'all' | 'provisioning',
): Promise<void> {
  for (const request of await listOpenRequestsOf(context.db, account, tenantId))
    if (what === 'all' || request.type === 'ProvisioningAccess') await cancel(context, request.name)
}

async function cancel({ db, now, caller }: OperationContext, name: string): Promise<void> {
  const by = { at: now, by: caller.objectId, byName: caller.name }
  await answerBillingRequest(db, name, { status: 'Cancelled', ...by, reason: 'The association was taken back.' })
}
