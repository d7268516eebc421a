import type { BillingModel } from '../domain/metering/authentication-model.ts'
import { decideLegacyLink } from '../domain/metering/identity-link.ts'
import { refusedIdentityLink, refusedLegacyLink } from '../domain/metering/identity-link-refusal.ts'
import { conflict, invalid, notFound } from '../domain/refusal.ts'
import { findIdentityLink, hasLinkSince, listLinkPeriods } from '../store/identity-link.ts'
import { findSubscription } from '../store/subscription.ts'
import { findTenant, lockTenant } from '../store/tenant.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { requireDomainName, standardSku } from './create-identity-link.ts'
import { linkId, type LinkedResource, withLink } from './identity-link-target.ts'
import { insertIdentityLink, readableLinkId } from './insert-identity-link.ts'
import { requireWritableResourceGroup, useNamespace } from './require-resource-group.ts'
import { findResource, findResourceByUid } from '../store/resource.ts'

export interface LegacyLinkToImport {
  /** One of the tenant's domains, which is what its link is called (MAU-6). */
  readonly name: string
  readonly tenantId: string | undefined
  readonly subscriptionId: string
  readonly resourceGroupName: string
  readonly linkedAt: Date
  readonly model: BillingModel | undefined
  readonly mauSince: Date | undefined
}

/**
 * A link that was made elsewhere, with its true date and so with the model of that date (MAU-35). It bills from its
 * date on, but what has been reported already stays as it was recorded (DEC-10).
 */
export async function importIdentityLink(
  context: OperationContext,
  wanted: LegacyLinkToImport,
): Promise<LinkedResource & { readonly isNew: boolean }> {
  authorizeOperator(context)
  const { db, now } = context
  const id = linkId('identityTenant', { ...wanted })
  const named = await findTenant(db, wanted.tenantId ?? wanted.name)
  const tenant = named && (await lockTenant(db, named.id))
  if (!tenant) throw notFound('TenantNotFound', `The tenant '${wanted.tenantId ?? wanted.name}' could not be found.`)
  const current = await findIdentityLink(db, tenant.id)
  const existing = current && (await findResourceByUid(db, current.linkId))
  if (existing && current && isSame(current.linkedAt, wanted, existing))
    return { ...(await withLink(context, existing)), isNew: false }
  if (current)
    throw refusedIdentityLink('identityTenant', 'already_linked', {
      tenant: wanted.name,
      readableLinkId: await readableLinkId(context, current.linkId),
    })
  if (tenant.kind !== 'identity')
    throw refusedIdentityLink('identityTenant', 'tenant_of_other_kind', { tenant: wanted.name })
  await requireDomainName(context, id, tenant)
  await requirePlace(context, wanted)
  const decision = decideLegacyLink(wanted, now, context.settings.mauEffectiveFrom)
  if (decision.kind === 'refused') throw refusedLegacyLink(decision.refusal)
  if (await hasLinkSince(db, tenant.id, wanted.linkedAt)) {
    const last = (await listLinkPeriods(db, tenant.id)).at(-1)
    throw conflict(
      'LegacyLinkOverlaps',
      `The tenant '${wanted.name}' had another link until ${last?.to?.toISOString() ?? 'now'}. A tenant has one link at a time: import with a later 'linkedAt'.`,
      'properties.linkedAt',
    )
  }
  await insertIdentityLink(context, {
    kind: 'identityTenant',
    id,
    tenant,
    location: tenant.dataResidency,
    sku: standardSku,
    tags: {},
    linkedAt: wanted.linkedAt,
    models: decision.models,
  })
  const inserted = await findResource(db, id)
  if (!inserted) throw new Error(`the imported link ${wanted.name} was not stored`)
  return { ...(await withLink(context, inserted)), isNew: true }
}

function isSame(
  linkedAt: Date,
  wanted: LegacyLinkToImport,
  existing: { readonly subscriptionId: string; readonly resourceGroupName: string; readonly name: string },
): boolean {
  return (
    linkedAt.getTime() === wanted.linkedAt.getTime() &&
    existing.subscriptionId === wanted.subscriptionId.toLowerCase() &&
    existing.resourceGroupName.toLowerCase() === wanted.resourceGroupName.toLowerCase() &&
    existing.name.toLowerCase() === wanted.name.toLowerCase()
  )
}

async function requirePlace(context: OperationContext, wanted: LegacyLinkToImport): Promise<void> {
  const { subscriptionId, resourceGroupName } = wanted
  const subscription = await findSubscription(context.db, subscriptionId, context.now)
  if (!subscription || subscription.state === 'Deleted')
    throw notFound('SubscriptionNotFound', `The subscription '${subscriptionId}' could not be found.`)
  if (subscription.state !== 'Active')
    throw conflict(
      'SubscriptionNotActive',
      `The subscription '${subscriptionId}' is ${subscription.state}. Only an Active subscription can be charged for a tenant.`,
      'properties.subscriptionId',
    )
  if (Number.isNaN(wanted.linkedAt.getTime()))
    throw invalid('InvalidProperty', "'properties.linkedAt' is not an instant.", 'properties.linkedAt')
  await requireWritableResourceGroup(context, { subscriptionId, resourceGroupName })
  await useNamespace(context, subscriptionId, 'Microsoft.AzureActiveDirectory/b2cDirectories')
}
