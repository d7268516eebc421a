import { type BillingModel, decideChangeOfBillingModel } from '../domain/metering/authentication-model.ts'
import { billingModelIrreversible, billingModelNotSchedulable } from '../domain/metering/identity-link-refusal.ts'
import { Refusal } from '../domain/refusal.ts'
import { formatResourceId, type ResourceId } from '../domain/resource/resource-id.ts'
import { checkTags } from '../domain/resource/tags.ts'
import { changeAttribution } from '../store/attribution.ts'
import { changeMeteringModel, findPrincipalName } from '../store/identity-link.ts'
import { updateResource } from '../store/resource.ts'
import { findTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { requireLocation } from './create-identity-link.ts'
import { enforcePolicies } from './enforce-policies.ts'
import { type LinkedResource, requireSameTenantId } from './identity-link-target.ts'
import { linkUnderPolicy } from './insert-identity-link.ts'
import { writerOf } from './require-resource-group.ts'

export interface LinkChanges {
  readonly location?: string | undefined
  readonly sku?: { readonly name: string; readonly tier: string } | undefined
  /** Replaces the whole set. */
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly tenantId?: string | undefined
  readonly billingModel?: BillingModel | undefined
  readonly effectiveFrom?: Date | undefined
}

/** The caller may write the link, and has it locked. */
export async function updateIdentityLink(
  context: OperationContext,
  id: ResourceId,
  { resource, link }: LinkedResource,
  changes: LinkChanges,
): Promise<void> {
  requireSameTenantId(changes.tenantId, link.identityTenantId)
  if (changes.location !== undefined) {
    const tenant = await findTenant(context.db, link.identityTenantId)
    if (tenant) requireLocation(changes.location, tenant)
  }
  const isUpgraded = await changeBillingModel(context, id, { resource, link }, changes)
  const isSameSku = changes.sku === undefined || sameMembers(changes.sku, resource.sku ?? {})
  const isSameTags = changes.tags === undefined || sameMembers(changes.tags, resource.tags)
  const isSameName = id.name === resource.name
  if (!isUpgraded && isSameSku && isSameTags && isSameName) return
  const tags = changes.tags ? checkTags(changes.tags) : resource.tags
  await enforcePolicies(context, linkUnderPolicy({ id, location: resource.location, tags }))
  await updateResource(
    context.db,
    resource.uid,
    {
      name: id.name,
      ...(changes.sku && { sku: { ...changes.sku } }),
      tags,
    },
    writerOf(context.caller),
    context.now,
  )
  if (isSameSku && isSameTags) return
  await appendAudit(context, {
    action: 'Microsoft.AzureActiveDirectory/b2cDirectories/write',
    scope: formatResourceId(id),
    before: { sku: resource.sku, tags: resource.tags },
    after: { sku: changes.sku ?? resource.sku, tags },
  })
}

export const changeBillingModelAction = 'Microsoft.AzureActiveDirectory/b2cDirectories/changeBillingModel/action'

/**
 * From the confirmation on every further user is counted once a month, for good (MAU-21, MAU-22, MAU-23). The link is
 * locked, so of two administrators the second finds the first one's instant (DEC-43).
 */
async function changeBillingModel(
  context: OperationContext,
  id: ResourceId,
  { resource, link }: LinkedResource,
  { billingModel, effectiveFrom }: LinkChanges,
): Promise<boolean> {
  // A client that sends back what it has read says when the present model began; that asks for nothing.
  const asked = effectiveFrom?.getTime() === link.modelSince.getTime() ? undefined : effectiveFrom
  if (billingModel === undefined || billingModel === link.model) {
    if (asked) throw billingModelNotSchedulable(context.now)
    return false
  }
  await authorizeOwner(context, id)
  const setBy = await findPrincipalName(context.db, link.modelSetBy)
  const current = { model: link.model, effectiveFrom: link.modelSince, setBy }
  const decision = decideChangeOfBillingModel(
    current,
    { model: billingModel, by: context.caller.objectId, effectiveFrom: asked },
    context.now,
  )
  if (decision.kind === 'refused')
    throw decision.refusal === 'BillingModelIrreversible'
      ? billingModelIrreversible(resource.name, current)
      : billingModelNotSchedulable(context.now)
  if (decision.kind === 'unchanged') return false
  const { db } = context
  const at = decision.current.effectiveFrom
  await changeAttribution(db)
  await changeMeteringModel(db, link.linkId, billingModel, context.caller.objectId, at)
  await context.usage.reattribute(db, link.identityTenantId, at)
  await appendAudit(context, {
    action: changeBillingModelAction,
    scope: formatResourceId(id),
    before: { billingModel: current.model, since: current.effectiveFrom.toISOString() },
    after: { billingModel, since: at.toISOString() },
  })
  return true
}

/** MAU-21: the Owner of the subscription, not of the link's group alone; access to the link is checked before. */
async function authorizeOwner(context: OperationContext, id: ResourceId): Promise<void> {
  await authorizeResource(context, changeBillingModelAction, `/subscriptions/${id.subscriptionId}`).catch(
    (error: unknown) => {
      if (!(error instanceof Refusal) || error.code !== 'AuthorizationFailed') throw error
      throw new Refusal(error.kind, error.code, error.message, {
        details: [
          ...error.details,
          {
            code: 'SubscriptionOwnerRequired',
            message: `The billing model is changed by an Owner of subscription '${id.subscriptionId}' who also has write access to the link '${id.name}'. Ask one to confirm the change.`,
          },
        ],
      })
    },
  )
}

function sameMembers(left: object, right: object): boolean {
  const members = (value: object) => JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return members(left) === members(right)
}
