import { objectNotFound } from '../domain/directory/object-id.ts'
import type { TenantDomain, TenantWithDomains } from '../domain/directory/tenant.ts'
import { allowsDirectoryPermission, authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { getOwnTenant } from './directory-scope.ts'

export interface Organization {
  readonly tenant: TenantWithDomains
  /** Without the permission to read it, a caller sees the tenant's id, name and domains, and the rest is empty. */
  readonly isWhole: boolean
}

export async function getOrganization(context: OperationContext): Promise<Organization> {
  const { tenantId } = context.caller
  return {
    tenant: await getOwnTenant(context),
    isWhole: await allowsDirectoryPermission(context, tenantId, 'organization/read'),
  }
}

export async function listDomainsOfTenant(context: OperationContext): Promise<readonly TenantDomain[]> {
  await authorizeDirectory(context, context.caller.tenantId, 'domains/read')
  return (await getOwnTenant(context)).domains
}

export async function getDomain(context: OperationContext, name: string): Promise<TenantDomain> {
  const domains = await listDomainsOfTenant(context)
  const domain = domains.find((candidate) => candidate.name === name.toLowerCase())
  if (!domain) throw objectNotFound(name)
  return domain
}
