import type { Tenant } from '../domain/directory/tenant.ts'
import type { BillingModel } from '../domain/metering/authentication-model.ts'
import { type IdentityLinkKind, identityLinkKindOf } from '../domain/metering/identity-link.ts'
import { formatResourceId, type ResourceId } from '../domain/resource/resource-id.ts'
import { changeAttribution } from '../store/attribution.ts'
import { startIdentityLink } from '../store/identity-link.ts'
import { findResourceByUid, insertResource } from '../store/resource.ts'
import { appendAudit } from './audit.ts'
import { allowsResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { enforcePolicies } from './enforce-policies.ts'
import { actionOf } from './identity-link-target.ts'
import { writerOf } from './require-resource-group.ts'

export interface LinkToInsert {
  readonly kind: IdentityLinkKind
  readonly id: ResourceId
  readonly tenant: Pick<Tenant, 'id' | 'displayName'>
  readonly location: string
  readonly sku?: { readonly name: string; readonly tier: string }
  readonly tags: Readonly<Record<string, string>>
  readonly linkedAt: Date
  readonly models: readonly { readonly model: BillingModel; readonly from: Date }[]
}

/** The link is the resource: both come into being in one commit, and usage from then on is the subscription's (MAU-2). */
export async function insertIdentityLink(context: OperationContext, wanted: LinkToInsert): Promise<void> {
  const { db, caller, now } = context
  const linkId = context.random.uuid()
  await enforcePolicies(context, linkUnderPolicy(wanted))
  await changeAttribution(db)
  const resource = {
    ...wanted.id,
    uid: linkId,
    location: wanted.location,
    sku: wanted.sku ?? null,
    tags: wanted.tags,
    properties: { tenantId: wanted.tenant.id },
  }
  await insertResource(db, resource, writerOf(caller), wanted.linkedAt)
  await startIdentityLink(db, {
    linkId,
    identityTenantId: wanted.tenant.id,
    subscriptionId: wanted.id.subscriptionId,
    linkedAt: wanted.linkedAt,
    models: wanted.models,
    decidedBy: caller.objectId,
  })
  // Never from an earlier instant, also for an imported link: what was unlinked stays unbilled (DEC-10).
  await context.usage.reattribute(db, wanted.tenant.id, now)
  await appendAudit(context, {
    action: actionOf(wanted.kind, 'write'),
    scope: formatResourceId(wanted.id),
    after: {
      tenantId: wanted.tenant.id,
      subscriptionId: wanted.id.subscriptionId,
      linkedAt: wanted.linkedAt.toISOString(),
      billingModel: wanted.models.at(-1)?.model,
    },
  })
}

/** DEC-14, DEC-15: a policy judges the link by its own location, which is where the tenant keeps its data. */
export const linkUnderPolicy = ({ id, location, tags }: Pick<LinkToInsert, 'id' | 'location' | 'tags'>) => ({
  scope: formatResourceId(id),
  type: id.type,
  name: id.name,
  location,
  tags,
})

/** Where a tenant is linked is said to those only who may read the link. */
export async function readableLinkId(context: OperationContext, linkId: string): Promise<string | undefined> {
  const resource = await findResourceByUid(context.db, linkId)
  if (!resource) return undefined
  const id = formatResourceId(resource)
  const kind = identityLinkKindOf(resource.type) ?? 'identityTenant'
  return (await allowsResource(context, actionOf(kind, 'read'), id)) ? id : undefined
}
