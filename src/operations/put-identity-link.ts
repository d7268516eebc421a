import { formatResourceId, type ResourceId } from '../domain/resource/resource-id.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import {
  createLinkedIdentityTenant,
  type LinkContent,
  linkIdentityTenant,
  standardSku,
  type TenantToCreate,
} from './create-identity-link.ts'
import {
  actionOf,
  authorizeLinkWrite,
  getLinkedResource,
  type LinkedResource,
  linkNotFound,
  lockLinkedResource,
  requireLinkTarget,
} from './identity-link-target.ts'
import { requireWritableResourceGroup } from './require-resource-group.ts'
import { type LinkChanges, updateIdentityLink } from './update-identity-link.ts'

export interface LinkToPut extends LinkContent {
  readonly effectiveFrom: Date | undefined
  readonly create: TenantToCreate | undefined
}

export interface LinkResult extends LinkedResource {
  readonly isNew: boolean
}

/** Creates the tenant with its link, links a tenant that exists, or replaces what can change of a link (`b2CTenants.create`). */
export async function putIdentityLink(
  context: OperationContext,
  id: ResourceId,
  wanted: LinkToPut,
  requireMatch: (existing: LinkedResource | undefined) => void,
): Promise<LinkResult> {
  const writesRefused = await authorizeLinkWrite(context, 'identityTenant', id)
  const existing = await lockLinkedResource(context, id)
  requireMatch(existing)
  if (existing) {
    if (writesRefused) throw writesRefused
    await requireWritableResourceGroup(context, id)
    const { create: _, ...content } = wanted
    await updateIdentityLink(context, id, existing, {
      ...content,
      sku: wanted.sku ?? standardSku,
      tags: wanted.tags ?? {},
    })
  } else {
    await requireLinkTarget(context, id, writesRefused)
    if (wanted.create) await createLinkedIdentityTenant(context, id, { ...wanted, create: wanted.create })
    else await linkIdentityTenant(context, id, wanted)
  }
  return { ...(await getLinkedResource(context, id)), isNew: existing === undefined }
}

/** `b2CTenants.update`: the upgrade to monthly active users among others; it never creates. */
export async function patchIdentityLink(
  context: OperationContext,
  id: ResourceId,
  changes: LinkChanges,
  requireMatch: (existing: LinkedResource) => void,
): Promise<LinkedResource> {
  await authorizeResource(context, actionOf('identityTenant', 'write'), formatResourceId(id))
  await requireWritableResourceGroup(context, id)
  const existing = await lockLinkedResource(context, id)
  if (!existing) throw linkNotFound(id)
  requireMatch(existing)
  await updateIdentityLink(context, id, existing, changes)
  return getLinkedResource(context, id)
}
