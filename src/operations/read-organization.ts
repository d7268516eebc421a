import { isRootDomain } from '../domain/directory/custom-domain.ts'
import { objectNotFound } from '../domain/directory/object-id.ts'
import type { TenantService } from '../domain/directory/tenant-service.ts'
import type { TenantDomain, TenantWithDomains } from '../domain/directory/tenant.ts'
import { allowsDirectoryPermission, authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { getOwnTenant } from './directory-scope.ts'
import { loadServicesOf } from './tenant-service.ts'

export interface Organization {
  readonly tenant: TenantWithDomains
  /** Without the permission to read it, a caller sees the tenant's id, name and domains, and the rest is empty. */
  readonly isWhole: boolean
  readonly services: readonly TenantService[]
}

export async function getOrganization(context: OperationContext): Promise<Organization> {
  const { tenantId } = context.caller
  const isWhole = await allowsDirectoryPermission(context, tenantId, 'organization/read')
  return {
    tenant: await getOwnTenant(context),
    isWhole,
    services: isWhole ? await loadServicesOf(context, tenantId) : [],
  }
}

export interface ShownDomain extends TenantDomain {
  /** Not below another domain of the tenant, so it is proved by itself. */
  readonly isRoot: boolean
}

export async function listDomainsOfTenant(context: OperationContext): Promise<readonly ShownDomain[]> {
  await authorizeDirectory(context, context.caller.tenantId, 'domains/read')
  const { domains } = await getOwnTenant(context)
  return domains.map((domain) => ({ ...domain, isRoot: isRootDomain(domain.name, domains) }))
}

export async function getDomain(context: OperationContext, name: string): Promise<ShownDomain> {
  const domains = await listDomainsOfTenant(context)
  const domain = domains.find((candidate) => candidate.name === name.toLowerCase())
  if (!domain) throw objectNotFound(name)
  return domain
}
