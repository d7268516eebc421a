import { directoryRoleIds } from '../domain/access/directory-roles.ts'
import { changeTenant, type TenantWithDomains } from '../domain/directory/tenant.ts'
import { notFound } from '../domain/refusal.ts'
import { listUsableRoleMembers } from '../store/directory-role.ts'
import { findTenant, listDomains, listTenants, lockTenant, replaceTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { type CreatedTenant, createTenant, type NewTenant, nameAdministrator } from './create-tenant.ts'

export interface PutTenantResult extends CreatedTenant {
  readonly isNew: boolean
}

/**
 * Creates a tenant or changes what may change. The administrator is named when the tenant has none, so that the same
 * request again changes nothing, and a tenant without an administrator can be given one.
 */
export async function putTenant(
  context: OperationContext,
  wanted: NewTenant & { id: string },
): Promise<PutTenantResult> {
  authorizeOperator(context)
  const { db } = context
  const existing = await lockTenant(db, wanted.id)
  if (!existing) return { ...(await createTenant(context, wanted)), isNew: true }
  const current = { ...existing, domains: await listDomains(db, [existing.id]) }
  const changed = changeTenant(current, wanted)
  const isChanged = JSON.stringify(visible(changed)) !== JSON.stringify(visible(current))
  if (isChanged) {
    await replaceTenant(db, changed)
    await appendAudit(context, {
      action: 'Tenantry.Directory/tenants/write',
      scope: `/providers/Tenantry.Directory/tenants/${changed.id}`,
      before: visible(current),
      after: visible(changed),
    })
  }
  const tenant = {
    ...changed,
    revision: isChanged ? current.revision + 1n : current.revision,
    domains: current.domains,
  }
  const administrators = await listUsableRoleMembers(db, tenant.id, directoryRoleIds.globalAdministrator)
  if (administrators.length > 0 || !wanted.administrator) return { tenant, administrator: undefined, isNew: false }
  const administrator = await nameAdministrator(context, tenant, wanted.administrator)
  await appendAudit(context, {
    action: 'Tenantry.Directory/tenants/administrator/write',
    scope: `/providers/Tenantry.Directory/tenants/${tenant.id}`,
    after: { administratorId: administrator.objectId },
  })
  return { tenant, administrator, isNew: false }
}

const visible = ({ displayName, countryCode, dataResidency, externalIdentityPricing }: NewTenantFacts) => ({
  displayName,
  countryCode,
  dataResidency,
  externalIdentityPricing,
})
type NewTenantFacts = Pick<
  TenantWithDomains,
  'displayName' | 'countryCode' | 'dataResidency' | 'externalIdentityPricing'
>

export async function getTenant(context: OperationContext, tenantId: string): Promise<TenantWithDomains> {
  authorizeOperator(context)
  const tenant = await findTenant(context.db, tenantId)
  if (!tenant) throw notFound('TenantNotFound', `The tenant '${tenantId}' could not be found.`)
  return { ...tenant, domains: await listDomains(context.db, [tenant.id]) }
}

export async function listAllTenants(
  context: OperationContext,
  page: { after?: string | undefined; limit: number },
): Promise<TenantWithDomains[]> {
  authorizeOperator(context)
  const tenants = await listTenants(context.db, page)
  const domains = await listDomains(
    context.db,
    tenants.map((tenant) => tenant.id),
  )
  return tenants.map((tenant) => ({ ...tenant, domains: domains.filter((domain) => domain.tenantId === tenant.id) }))
}
