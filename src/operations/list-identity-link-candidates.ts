import { initialDomainNameOf, type TenantWithDomains } from '../domain/directory/tenant.ts'
import { findLinkObstacles } from '../domain/metering/identity-link.ts'
import { refusedIdentityLink } from '../domain/metering/identity-link-refusal.ts'
import { listIdentityLinksOfTenants } from '../store/identity-link.ts'
import { listTenantsOf } from '../store/tenant.ts'
import { identitiesOf, isGlobalAdministrator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { readableLinkId } from './insert-identity-link.ts'

export interface LinkCandidate extends TenantWithDomains {
  readonly initialDomain: string
  /** Empty when the tenant can be linked. */
  readonly reasons: readonly { readonly code: string; readonly message: string }[]
}

/** MAU-5: administered by the caller, in whichever account, and without a link. The list stays pure. */
export async function listLinkableTenants(context: OperationContext): Promise<LinkCandidate[]> {
  return (await explainLinkableTenants(context)).filter((candidate) => candidate.reasons.length === 0)
}

/** Each tenant that the caller has an account in, with why it is not in the list; others are not mentioned (TEN-2). */
export async function explainLinkableTenants(context: OperationContext): Promise<LinkCandidate[]> {
  const tenants = await listTenantsOf(context.db, await identitiesOf(context))
  const links = await listIdentityLinksOfTenants(
    context.db,
    tenants.map((tenant) => tenant.id),
  )
  const candidates: LinkCandidate[] = []
  for (const tenant of tenants) {
    const link = links.find((candidate) => candidate.identityTenantId === tenant.id)
    const isAdministeredByCaller = await isGlobalAdministrator(context, tenant.id)
    const readable = link && (await readableLinkId(context, link.linkId))
    const initialDomain = initialDomainNameOf(tenant)
    const obstacles = findLinkObstacles('identityTenant', {
      kind: tenant.kind,
      isAdministeredByCaller,
      isLinked: link !== undefined,
    })
    candidates.push({
      ...tenant,
      initialDomain,
      reasons: obstacles.map((obstacle) => {
        const { code, message } = refusedIdentityLink('identityTenant', obstacle, {
          tenant: initialDomain,
          readableLinkId: readable,
        })
        return { code, message }
      }),
    })
  }
  return candidates
}
