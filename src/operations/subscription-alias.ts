import { conflict, forbidden, invalid, notFound, type Refusal } from '../domain/refusal.ts'
import {
  formatCustomerScope,
  formatSectionScope,
  parseCustomerScope,
  parseSectionScope,
  type PayingSection,
  requireChargeable,
} from '../domain/resource/subscription-creation.ts'
import type { CreationRequest } from '../domain/resource/subscription-creation-request.ts'
import type { Tags } from '../domain/resource/tags.ts'
import {
  deleteAlias,
  findAlias,
  insertAlias,
  listAliases,
  lockPayingSection,
  reserveAlias,
  type SubscriptionAlias,
} from '../store/subscription-alias.ts'
import { appendAudit } from './audit.ts'
import {
  allowsResource,
  authorizeBilling,
  authorizeResource,
  identitiesOf,
  listVisibleSubscriptionIds,
} from './authorize.ts'
import { mayCreateByEdition } from './billing-roles-edition.ts'
import type { OperationContext } from './context.ts'
import { createSubscription } from './create-subscription.ts'
import {
  findSameCreationRequest,
  findVisibleCreationRequest,
  listVisibleCreationRequests,
  removeCreationRequest,
  requestSubscription,
} from './request-subscription.ts'
import { authorizeCustomerScope, type CustomerPayer, sellDirectly } from './sell-subscription.ts'

export interface WantedAlias {
  readonly name: string
  readonly displayName: string | undefined
  readonly workload: 'Production' | 'DevTest' | undefined
  readonly billingScope: string | undefined
  readonly subscriptionId: string | undefined
  readonly subscriptionTenantId: string | undefined
  readonly subscriptionOwnerId: string | undefined
  readonly tags: Tags
}

/** The same alias again finds what it named; for something else it is refused. */
export async function putAlias(
  context: OperationContext,
  wanted: WantedAlias,
): Promise<{ alias: SubscriptionAlias | CreationRequest; isNew: boolean }> {
  if (!/^[\w.-]{1,63}$/.test(wanted.name))
    throw invalid(
      'InvalidAliasName',
      `The alias '${wanted.name}' is not valid. It has 1 to 63 letters, digits, underscores, hyphens and periods.`,
      'aliasName',
    )
  const customerScope = wanted.billingScope === undefined ? undefined : parseCustomerScope(wanted.billingScope)
  if (wanted.subscriptionId === undefined && customerScope) {
    const payer = await authorizeCustomerScope(context, customerScope)
    return putAliasFor(context, wanted, formatCustomerScope(payer.account, payer.customer.tenantId), () =>
      createForCustomer(context, wanted, payer),
    )
  }
  const target = wanted.subscriptionId === undefined ? await authorizeSection(context, wanted) : undefined
  if (wanted.subscriptionId !== undefined)
    await authorizeResource(context, 'Microsoft.Subscription/aliases/write', `/subscriptions/${wanted.subscriptionId}`)
  return putAliasFor(context, wanted, target && formatSectionScope(target), async () => {
    if (!target) return wanted.subscriptionId ?? ''
    const { subscriptionTenantId: tenantId } = wanted
    return tenantId === undefined || tenantId === target.tenantId
      ? createInSection(context, wanted, target)
      : requestInOtherTenant(context, wanted, target, tenantId)
  })
}

async function putAliasFor(
  context: OperationContext,
  wanted: WantedAlias,
  billingScope: string | undefined,
  findOrCreate: () => Promise<string | CreationRequest>,
): Promise<{ alias: SubscriptionAlias | CreationRequest; isNew: boolean }> {
  const { tenantId } = context.caller
  await reserveAlias(context.db, tenantId, wanted.name)
  const existing = await findAlias(context.db, tenantId, wanted.name)
  if (existing) {
    requireSameAlias(existing, wanted, billingScope)
    return { alias: existing, isNew: false }
  }
  const asked = await findSameCreationRequest(context, { ...wanted, billingScope })
  if (asked) return { alias: asked, isNew: false }
  const made = await findOrCreate()
  if (typeof made !== 'string') return { alias: made, isNew: true }
  const subscriptionId = made
  await insertAlias(context.db, {
    tenantId,
    name: wanted.name,
    subscriptionId,
    billingScope: billingScope ?? null,
    workload: wanted.workload ?? null,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  })
  await appendAudit(context, {
    action: 'Microsoft.Subscription/aliases/write',
    scope: `/providers/Microsoft.Subscription/aliases/${wanted.name}`,
    after: { subscriptionId },
  })
  const alias = await findAlias(context.db, tenantId, wanted.name)
  if (!alias) throw new Error(`alias ${wanted.name} was not stored`)
  return { alias, isNew: true }
}

/** BIL-16 row S9 on the section named; nothing about the section is said before. */
async function authorizeSection(context: OperationContext, wanted: WantedAlias) {
  if (wanted.billingScope === undefined)
    throw invalid(
      'InvalidBillingScope',
      "Give 'properties.billingScope', the invoice section that pays for the new subscription, or 'properties.subscriptionId' to name an existing one.",
      'properties.billingScope',
    )
  const scope = parseSectionScope(wanted.billingScope)
  const section = formatSectionScope(scope)
  if (!(await mayCreateByEdition(context, scope.billingAccountName, section)))
    await authorizeBilling(context, 'S9', section)
  return requireChargeable(await lockPayingSection(context.db, scope), scope)
}

async function createInSection(
  context: OperationContext,
  wanted: WantedAlias,
  section: Awaited<ReturnType<typeof authorizeSection>>,
): Promise<string> {
  if (wanted.displayName === undefined)
    throw invalid('InvalidSubscriptionName', "'properties.displayName' is required.", 'properties.displayName')
  const owner = (await identitiesOf(context)).find((identity) => identity.tenantId === section.tenantId)
  if (!owner)
    throw forbidden(
      'AuthorizationFailed',
      `A new subscription is created in the tenant of its billing account, and the client '${context.caller.name}' has no account there.`,
      {
        details: [
          {
            code: 'CallerNotInBillingTenant',
            message: 'Accept an invitation to that tenant first; whoever creates a subscription becomes its Owner.',
          },
        ],
      },
    )
  if (wanted.subscriptionOwnerId !== undefined && wanted.subscriptionOwnerId !== owner.objectId)
    throw unsupported(
      'properties.additionalProperties.subscriptionOwnerId',
      'Whoever creates a subscription becomes its Owner and can assign the role to others afterwards.',
    )
  return createSubscription(context, {
    displayName: wanted.displayName,
    workload: wanted.workload ?? 'Production',
    offer: 'direct',
    tags: wanted.tags,
    tenantId: section.tenantId,
    payer: { profile: section.billingProfileName, section: section.invoiceSectionName },
    owner: { objectId: owner.objectId, type: context.caller.kind === 'user' ? 'User' : 'ServicePrincipal' },
  })
}

/** SUB-4 */
async function requestInOtherTenant(
  context: OperationContext,
  wanted: WantedAlias,
  section: PayingSection,
  destinationTenantId: string,
): Promise<CreationRequest> {
  return requestSubscription(
    context,
    {
      alias: wanted.name,
      displayName: wanted.displayName ?? '',
      workload: wanted.workload ?? 'Production',
      tags: wanted.tags,
      destinationTenantId,
      destinationOwnerId: wanted.subscriptionOwnerId,
    },
    section,
  )
}

async function createForCustomer(
  context: OperationContext,
  wanted: WantedAlias,
  payer: CustomerPayer,
): Promise<string> {
  if (wanted.displayName === undefined)
    throw invalid('InvalidSubscriptionName', "'properties.displayName' is required.", 'properties.displayName')
  if (wanted.subscriptionTenantId !== undefined && wanted.subscriptionTenantId !== payer.customer.tenantId)
    throw unsupported(
      'properties.additionalProperties.subscriptionTenantId',
      "A subscription for a customer is created in the customer's tenant.",
    )
  if (wanted.subscriptionOwnerId !== undefined)
    throw unsupported(
      'properties.additionalProperties.subscriptionOwnerId',
      "The partner's Admin agents become Owner and can assign the role to others afterwards.",
    )
  const { displayName, workload = 'Production', tags } = wanted
  return sellDirectly(context, payer, { displayName, workload, tags })
}

export const unsupported = (property: string, advice: string): Refusal =>
  invalid('UnsupportedProperty', `'${property}' is not supported. ${advice}`, property)

function requireSameAlias(existing: SubscriptionAlias, wanted: WantedAlias, billingScope: string | undefined): void {
  const isSame =
    (wanted.subscriptionId === undefined || wanted.subscriptionId === existing.subscriptionId) &&
    (billingScope === undefined || billingScope.toLowerCase() === existing.billingScope?.toLowerCase()) &&
    (wanted.workload === undefined || existing.workload === null || wanted.workload === existing.workload)
  if (!isSame)
    throw conflict(
      'AliasInUse',
      `The alias '${existing.name}' names a subscription that was created otherwise. Use another alias.`,
      'aliasName',
    )
}

/** Whoever made the alias, or may see the subscription it names. */
export async function getAlias(context: OperationContext, name: string): Promise<SubscriptionAlias | CreationRequest> {
  const asked = await findVisibleCreationRequest(context, name)
  if (asked) return asked
  const alias = await findAlias(context.db, context.caller.tenantId, name)
  const isVisible =
    alias !== undefined &&
    (alias.createdBy === context.caller.objectId ||
      (await listVisibleSubscriptionIds(context)).includes(alias.subscriptionId))
  if (!isVisible) throw notFound('AliasNotFound', `The subscription alias '${name}' could not be found.`)
  return alias
}

export async function listVisibleAliases(context: OperationContext): Promise<(SubscriptionAlias | CreationRequest)[]> {
  const aliases = await listAliases(context.db, context.caller.tenantId, {
    createdBy: context.caller.objectId,
    subscriptionIds: await listVisibleSubscriptionIds(context),
  })
  return [...aliases, ...(await listVisibleCreationRequests(context))]
}

/** Removes the name and leaves the subscription; false when there is none that the caller may see. */
export async function removeAlias(context: OperationContext, name: string): Promise<boolean> {
  if (await removeCreationRequest(context, name)) return true
  const alias = await findAlias(context.db, context.caller.tenantId, name)
  if (!alias) return false
  const scope = `/subscriptions/${alias.subscriptionId}`
  const isAllowed =
    alias.createdBy === context.caller.objectId ||
    (await allowsResource(context, 'Microsoft.Subscription/aliases/delete', scope))
  if (!isAllowed) return false
  await deleteAlias(context.db, context.caller.tenantId, name)
  await appendAudit(context, {
    action: 'Microsoft.Subscription/aliases/delete',
    scope: `/providers/Microsoft.Subscription/aliases/${alias.name}`,
    before: { subscriptionId: alias.subscriptionId },
  })
  return true
}
