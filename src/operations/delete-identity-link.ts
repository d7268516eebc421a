import { unlinkNotices } from '../domain/metering/identity-link-refusal.ts'
import { identityLinkKindOf, type IdentityLinkKind } from '../domain/metering/identity-link.ts'
import { formatResourceId, type ResourceId } from '../domain/resource/resource-id.ts'
import { changeAttribution } from '../store/attribution.ts'
import { hasAdministratorFromElsewhere } from '../store/identity-link.ts'
import { findSubscription } from '../store/subscription.ts'
import { findResourceGroup } from '../store/resource-group.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { removeResources } from './delete-resource.ts'
import { actionOf, getLinkedResource, type LinkedResource, lockLinkedResource } from './identity-link-target.ts'
import { requireWritableResourceGroup } from './require-resource-group.ts'

export interface UnlinkNotice {
  readonly code: 'OnlyLinkRemoved' | 'BillingModelNotKept' | 'NoDestinationAdministrator'
  readonly message: string
}

/**
 * Removes the billing link and nothing of the tenant (MAU-30), where the published description of `b2CTenants.delete`
 * would delete the tenant, too; undefined when there was none. What was used up to now stays with the subscription
 * (MAU-32).
 */
export async function deleteIdentityLink(
  context: OperationContext,
  kind: IdentityLinkKind,
  id: ResourceId,
  requireMatch: (existing: LinkedResource) => void,
): Promise<readonly UnlinkNotice[] | undefined> {
  const { db } = context
  await authorizeResource(context, actionOf(kind, 'delete'), formatResourceId(id))
  if (!(await findResourceGroup(db, id.subscriptionId, id.resourceGroupName))) return undefined
  await requireWritableResourceGroup(context, id)
  const existing = await lockLinkedResource(context, id)
  if (!existing) return undefined
  requireMatch(existing)
  const notices = await unlinkNoticesOf(context, existing)
  await changeAttribution(db)
  await removeResources(context, [existing.resource])
  return notices
}

/** What a person is told before unlinking, and again with the answer (MAU-12, MAU-30, MAU-31). */
export async function readUnlinkNotices(
  context: OperationContext,
  kind: IdentityLinkKind,
  id: ResourceId,
): Promise<readonly UnlinkNotice[]> {
  await authorizeResource(context, actionOf(kind, 'read'), formatResourceId(id))
  return unlinkNoticesOf(context, await getLinkedResource(context, id))
}

async function unlinkNoticesOf(
  context: OperationContext,
  { resource, link }: LinkedResource,
): Promise<readonly UnlinkNotice[]> {
  if (identityLinkKindOf(resource.type) === 'guestUsage') return [unlinkNotices.onlyLinkRemoved(resource.name)]
  const subscription = await findSubscription(context.db, link.subscriptionId, context.now)
  const isRelinkable =
    subscription !== undefined &&
    (await hasAdministratorFromElsewhere(context.db, link.identityTenantId, subscription.tenantId))
  return [
    unlinkNotices.onlyLinkRemoved(resource.name),
    ...(link.model === 'perAuthentication' ? [unlinkNotices.billingModelNotKept] : []),
    ...(isRelinkable ? [] : [unlinkNotices.noDestinationAdministrator(resource.name)]),
  ]
}
