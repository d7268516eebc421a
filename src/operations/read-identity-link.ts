import type { IdentityLinkKind } from '../domain/metering/identity-link.ts'
import { identityLinkTypes } from '../domain/metering/identity-link.ts'
import { formatResourceGroupId, formatResourceId, type ResourceId } from '../domain/resource/resource-id.ts'
import { listIdentityLinks } from '../store/identity-link.ts'
import { listResources, type Resource } from '../store/resource.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { actionOf, getLinkedResource, type LinkedResource } from './identity-link-target.ts'
import { requireResourceGroup } from './require-resource-group.ts'

export async function getIdentityLink(
  context: OperationContext,
  kind: IdentityLinkKind,
  id: ResourceId,
): Promise<LinkedResource> {
  await authorizeResource(context, actionOf(kind, 'read'), formatResourceId(id))
  return getLinkedResource(context, id)
}

/** All of them at once: the published clients read no second page here (API.md 1.5). */
export async function listIdentityLinksBelow(
  context: OperationContext,
  kind: IdentityLinkKind,
  scope: { readonly subscriptionId: string; readonly resourceGroupName?: string | undefined },
): Promise<LinkedResource[]> {
  const { subscriptionId, resourceGroupName } = scope
  await authorizeResource(
    context,
    actionOf(kind, 'read'),
    resourceGroupName === undefined
      ? `/subscriptions/${subscriptionId}`
      : formatResourceGroupId({ subscriptionId, resourceGroupName }),
  )
  if (resourceGroupName !== undefined) await requireResourceGroup(context, { subscriptionId, resourceGroupName })
  const links: LinkedResource[] = []
  let after: string | undefined
  for (;;) {
    const page: Resource[] = await listResources(
      context.db,
      { ...scope, type: identityLinkTypes[kind] },
      { after, limit: 500 },
    )
    const byId = new Map(
      (
        await listIdentityLinks(
          context.db,
          page.map((resource) => resource.uid),
        )
      ).map((link) => [link.linkId, link]),
    )
    for (const resource of page) {
      const link = byId.get(resource.uid)
      // Unlinked between the two reads.
      if (link) links.push({ resource, link })
    }
    after = page.at(-1)?.uid
    if (page.length < 500) return links
  }
}
