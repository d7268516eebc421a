import { decideIdentityLink } from '../domain/metering/identity-link.ts'
import { refusedIdentityLink } from '../domain/metering/identity-link-refusal.ts'
import { formatResourceId, type ResourceId } from '../domain/resource/resource-id.ts'
import { checkTags } from '../domain/resource/tags.ts'
import { changeAttribution } from '../store/attribution.ts'
import { findIdentityLink } from '../store/identity-link.ts'
import { updateResource } from '../store/resource.ts'
import { findTenant, lockTenant, replaceTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource, isGlobalAdministrator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { dataAreaOf } from './create-identity-link.ts'
import { enforcePolicies } from './enforce-policies.ts'
import {
  actionOf,
  authorizeLinkWrite,
  getLinkedResource,
  type LinkedResource,
  linkNotFound,
  lockLinkedResource,
  requireLinkTarget,
  requireSameTenantId,
} from './identity-link-target.ts'
import { insertIdentityLink, linkUnderPolicy, readableLinkId } from './insert-identity-link.ts'
import { requireWritableResourceGroup, writerOf } from './require-resource-group.ts'

export interface GuestUsageContent {
  readonly location: string | undefined
  readonly tags: Readonly<Record<string, string>>
  /** The subscription's own tenant when absent. */
  readonly tenantId: string | undefined
}

/**
 * The guests of a workforce tenant are counted, and charged to the subscription, from here on (MAU-16, DEC-26;
 * `guestUsages.create`). It is an act of that tenant's administrator, like any link (MAU-1).
 */
export async function putGuestUsage(
  context: OperationContext,
  id: ResourceId,
  wanted: GuestUsageContent,
): Promise<LinkedResource> {
  const writesRefused = await authorizeLinkWrite(context, 'guestUsage', id)
  const existing = await lockLinkedResource(context, id)
  if (!existing) {
    const { serviceTenantId } = await requireLinkTarget(context, id, writesRefused)
    await linkGuests(context, id, wanted, serviceTenantId)
    return getLinkedResource(context, id)
  }
  if (writesRefused) throw writesRefused
  requireSameTenantId(wanted.tenantId, existing.link.identityTenantId)
  return changeTags(context, id, existing, wanted.tags)
}

/** `guestUsages.update` */
export async function patchGuestUsage(
  context: OperationContext,
  id: ResourceId,
  tags: Readonly<Record<string, string>> | undefined,
): Promise<LinkedResource> {
  await authorizeResource(context, actionOf('guestUsage', 'write'), formatResourceId(id))
  const existing = await lockLinkedResource(context, id)
  if (!existing) throw linkNotFound(id)
  return changeTags(context, id, existing, tags ?? existing.resource.tags)
}

async function linkGuests(
  context: OperationContext,
  id: ResourceId,
  wanted: GuestUsageContent,
  serviceTenantId: string,
): Promise<void> {
  const named = await findTenant(context.db, wanted.tenantId ?? serviceTenantId)
  const isAdministeredByCaller = named !== undefined && (await isGlobalAdministrator(context, named.id))
  const tenant = isAdministeredByCaller ? await lockTenant(context.db, named.id) : undefined
  const current = tenant && (await findIdentityLink(context.db, tenant.id))
  const decision = decideIdentityLink(
    'guestUsage',
    tenant && { ...tenant, isAdministeredByCaller, isLinked: current !== undefined },
    context.now,
    context.settings.mauEffectiveFrom,
  )
  if (decision.kind === 'refused' || !tenant)
    throw refusedIdentityLink(
      'guestUsage',
      decision.kind === 'refused' ? decision.refusal : 'not_tenant_administrator',
      {
        tenant: wanted.tenantId ?? serviceTenantId,
        readableLinkId: current && (await readableLinkId(context, current.linkId)),
      },
    )
  if (!tenant.externalIdentityPricing) {
    await changeAttribution(context.db)
    await replaceTenant(context.db, { ...tenant, externalIdentityPricing: true })
  }
  await insertIdentityLink(context, {
    kind: 'guestUsage',
    id,
    tenant,
    location: wanted.location === undefined ? tenant.dataResidency : dataAreaOf(wanted.location),
    tags: checkTags(wanted.tags),
    linkedAt: context.now,
    models: [{ model: decision.model, from: context.now }],
  })
}

async function changeTags(
  context: OperationContext,
  id: ResourceId,
  existing: LinkedResource,
  wanted: Readonly<Record<string, string>>,
): Promise<LinkedResource> {
  const { resource } = existing
  await requireWritableResourceGroup(context, id)
  const tags = checkTags(wanted)
  if (JSON.stringify(tags) === JSON.stringify(resource.tags)) return existing
  await enforcePolicies(context, linkUnderPolicy({ id, location: resource.location, tags }))
  await updateResource(context.db, resource.uid, { tags }, writerOf(context.caller), context.now)
  await appendAudit(context, {
    action: actionOf('guestUsage', 'write'),
    scope: formatResourceId(id),
    before: { tags: resource.tags },
    after: { tags },
  })
  return getLinkedResource(context, id)
}
