import {
  type DataResidency,
  dataResidencies,
  dataResidencyOf,
  parseDataResidency,
} from '../domain/directory/data-residency.ts'
import { initialDomainOf } from '../domain/directory/domain-name.ts'
import type { Tenant } from '../domain/directory/tenant.ts'
import type { BillingModel } from '../domain/metering/authentication-model.ts'
import { decideIdentityLink } from '../domain/metering/identity-link.ts'
import { refusedIdentityLink } from '../domain/metering/identity-link-refusal.ts'
import { forbidden, invalid, Refusal } from '../domain/refusal.ts'
import { formatResourceId, type ResourceId } from '../domain/resource/resource-id.ts'
import { checkTags } from '../domain/resource/tags.ts'
import { getCollaborationPolicy } from '../store/collaboration-policy.ts'
import { findIdentityLink } from '../store/identity-link.ts'
import { findTenant, listDomains, lockTenant } from '../store/tenant.ts'
import { allowsDirectoryPermission, isGlobalAdministrator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { createTenant } from './create-tenant.ts'
import { insertIdentityLink, readableLinkId } from './insert-identity-link.ts'

export interface LinkContent {
  readonly location: string | undefined
  readonly sku: { readonly name: string; readonly tier: string } | undefined
  readonly tags: Readonly<Record<string, string>> | undefined
  readonly tenantId: string | undefined
  readonly billingModel: BillingModel | undefined
}

/**
 * The explicit act by which an identity tenant's usage becomes the subscription's (MAU-1, MAU-2, MAU-4). The caller may
 * write the link, and its subscription takes one (`requireLinkTarget`).
 */
export async function linkIdentityTenant(
  context: OperationContext,
  id: ResourceId,
  wanted: LinkContent,
): Promise<void> {
  const named = await findTenant(context.db, wanted.tenantId ?? id.name)
  const isAdministeredByCaller = named !== undefined && (await isGlobalAdministrator(context, named.id))
  // From here on no other link of the tenant can come into being before this one has.
  const tenant = isAdministeredByCaller ? await lockTenant(context.db, named.id) : undefined
  const current = tenant && (await findIdentityLink(context.db, tenant.id))
  const decision = decideIdentityLink(
    'identityTenant',
    tenant && { ...tenant, isAdministeredByCaller, isLinked: current !== undefined },
    context.now,
    context.settings.mauEffectiveFrom,
  )
  if (decision.kind === 'refused' || !tenant)
    throw refusedIdentityLink(
      'identityTenant',
      decision.kind === 'refused' ? decision.refusal : 'not_tenant_administrator',
      { tenant: id.name, readableLinkId: current && (await readableLinkId(context, current.linkId)) },
    )
  await requireDomainName(context, id, tenant)
  requireLocation(wanted.location, tenant)
  requireModel(wanted.billingModel, decision.model)
  await insertIdentityLink(context, {
    kind: 'identityTenant',
    id,
    tenant,
    location: tenant.dataResidency,
    sku: wanted.sku ?? standardSku,
    tags: checkTags(wanted.tags ?? {}),
    linkedAt: context.now,
    models: [{ model: decision.model, from: context.now }],
  })
}

export const standardSku = { name: 'Standard', tier: 'A0' }

export interface TenantToCreate {
  readonly displayName: string
  readonly countryCode: string
}

/** A tenant that comes into being through the resource is linked from its first instant (MAU-33). Authorise as above. */
export async function createLinkedIdentityTenant(
  context: OperationContext,
  id: ResourceId,
  wanted: LinkContent & { readonly create: TenantToCreate },
): Promise<void> {
  if (wanted.tenantId !== undefined)
    throw invalid(
      'InvalidProperty',
      "'tenantId' names a tenant to link and 'createTenantProperties' one to create. Give one of them.",
      'properties.tenantId',
    )
  const { caller, now } = context
  await requireTenantCreation(context)
  const { tenant } = await createTenant(context, {
    displayName: wanted.create.displayName,
    kind: 'identity',
    countryCode: wanted.create.countryCode,
    initialDomain: newTenantDomain(id.name, context.settings.domainSuffix),
    dataResidency:
      wanted.location === undefined ? dataResidencyOf(wanted.create.countryCode) : dataAreaOf(wanted.location),
    externalIdentityPricing: undefined,
    administrator: { kind: 'external', homeTenantId: caller.tenantId, homeObjectId: caller.objectId },
  })
  const decision = decideIdentityLink(
    'identityTenant',
    { ...tenant, isAdministeredByCaller: true, isLinked: false },
    now,
    context.settings.mauEffectiveFrom,
  )
  if (decision.kind === 'refused') throw new Error(`the new tenant ${tenant.id} cannot be linked`)
  requireModel(wanted.billingModel, decision.model)
  await insertIdentityLink(context, {
    kind: 'identityTenant',
    id,
    tenant,
    location: tenant.dataResidency,
    sku: wanted.sku ?? standardSku,
    tags: checkTags(wanted.tags ?? {}),
    linkedAt: now,
    models: [{ model: decision.model, from: now }],
  })
}

/** TEN-25: where members may not create tenants, a Global administrator still may. */
async function requireTenantCreation(context: OperationContext): Promise<void> {
  const { tenantId } = context.caller
  const { membersCreateTenants } = await getCollaborationPolicy(context.db, tenantId)
  if (membersCreateTenants || (await allowsDirectoryPermission(context, tenantId, 'tenants/create'))) return
  throw forbidden('AuthorizationFailed', 'You are not allowed to create a tenant.', {
    details: [
      {
        code: 'TenantCreationNotAllowed',
        message: `Tenant '${tenantId}' lets only its Global Administrators create tenants (allowedToCreateTenants of its authorization policy). Ask one of them.`,
      },
    ],
  })
}

export function newTenantDomain(name: string, suffix: string): string {
  try {
    return initialDomainOf({ name }, suffix)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw invalid(
      'InvalidTenantDomainName',
      `'${name}' cannot be the initial domain of a tenant. Name the resource '<label>.${suffix}', with letters, digits and hyphens in the label.`,
      'name',
    )
  }
}

/** MAU-6 */
export async function requireDomainName(context: OperationContext, id: ResourceId, tenant: Tenant): Promise<void> {
  const domains = (await listDomains(context.db, [tenant.id])).filter((domain) => domain.verifiedAt !== null)
  if (domains.some((domain) => domain.name === id.name.toLowerCase())) return
  throw invalid(
    'InvalidResourceName',
    `The link of tenant '${tenant.id}' is named after one of its domains, and '${id.name}' is none of them. Create '${formatResourceId({ ...id, name: domains[0]?.name ?? '' })}' instead.`,
    'name',
  )
}

/** DEC-15: the location of a link says where the tenant keeps its data, and cannot say anything else. */
export function requireLocation(location: string | undefined, tenant: Pick<Tenant, 'id' | 'dataResidency'>): void {
  if (location === undefined || dataAreaOf(location) === tenant.dataResidency) return
  throw invalid(
    'InvalidResourceLocation',
    `The location of a link is where its tenant keeps its data, which is '${tenant.dataResidency}'. Repeat the request with that location or without one; that of the resource group does not matter.`,
    'location',
  )
}

export function dataAreaOf(location: string): DataResidency {
  try {
    return parseDataResidency(location)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw invalid(
      'LocationNotAvailableForResourceType',
      `The provided location '${location}' is not available for links, which are where their tenant keeps its data. List of available locations: '${dataResidencies.join(',')}'.`,
      'location',
    )
  }
}

function requireModel(wanted: BillingModel | undefined, model: BillingModel): void {
  if (wanted === undefined || wanted === model) return
  throw invalid(
    'BillingModelNotSelectable',
    model === 'mau'
      ? 'A new link is billed by monthly active users; the per-authentication model is for older links only. Repeat the request without billingConfig.'
      : "A link of this date begins with billing per authentication. Create it without billingConfig, then change it to 'MAU' with PATCH.",
    'properties.billingConfig.billingType',
  )
}
