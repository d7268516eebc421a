import { roleIds } from '../domain/access/built-in-roles.ts'
import { conflict, forbidden, invalid, notFound, type Refusal } from '../domain/refusal.ts'
import { formatSectionScope, parseSectionScope, requireChargeable } from '../domain/resource/subscription-creation.ts'
import { checkTags, type Tags } from '../domain/resource/tags.ts'
import { type Payer, placeSubscription } from '../store/billing-placement.ts'
import { insertRoleAssignment } from '../store/role-assignment.ts'
import { insertSubscription, type NewSubscription } from '../store/subscription.ts'
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
import type { OperationContext } from './context.ts'

export interface SubscriptionToCreate {
  readonly displayName: string
  readonly workload: 'Production' | 'DevTest'
  readonly offer: NewSubscription['offer']
  readonly tags: Tags
  /** SUB-3: the tenant of the billing account, or of the partner's customer. */
  readonly tenantId: string
  readonly payer: Payer
  /** Who becomes Owner in the same commit (SUB-25). */
  readonly owner: { readonly objectId: string; readonly type: 'User' | 'ServicePrincipal' | 'ForeignGroup' }
}

/** SUB-1, SUB-2, SUB-25 in one commit: who it trusts, who pays and who owns it. Authorise before calling it. */
export async function createSubscription(context: OperationContext, wanted: SubscriptionToCreate): Promise<string> {
  const id = context.random.uuid()
  const displayName = wanted.displayName.trim()
  if (displayName === '' || displayName.length > 64)
    throw invalid(
      'InvalidSubscriptionName',
      'The name of a subscription has 1 to 64 characters.',
      'properties.displayName',
    )
  await insertSubscription(context.db, {
    id,
    displayName,
    offer: wanted.offer,
    workload: wanted.workload,
    tags: checkTags(wanted.tags),
    tenantId: wanted.tenantId,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  })
  await placeSubscription(context.db, { ...wanted.payer, subscriptionId: id, at: context.now })
  await insertRoleAssignment(context.db, {
    id: context.random.uuid(),
    tenantId: wanted.tenantId,
    scope: `/subscriptions/${id}`,
    roleDefinitionId: roleIds.owner,
    principalId: wanted.owner.objectId,
    principalType: wanted.owner.type,
    description: null,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  })
  await appendAudit(context, {
    action: 'Microsoft.Subscription/subscriptions/write',
    scope: `/subscriptions/${id}`,
    after: { displayName, tenantId: wanted.tenantId, payer: wanted.payer, owner: wanted.owner.objectId },
  })
  return id
}

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
): Promise<{ alias: SubscriptionAlias; isNew: boolean }> {
  const { tenantId } = context.caller
  if (!/^[\w.-]{1,63}$/.test(wanted.name))
    throw invalid(
      'InvalidAliasName',
      `The alias '${wanted.name}' is not valid. It has 1 to 63 letters, digits, underscores, hyphens and periods.`,
      'aliasName',
    )
  const target = wanted.subscriptionId === undefined ? await authorizeSection(context, wanted) : undefined
  if (wanted.subscriptionId !== undefined)
    await authorizeResource(context, 'Microsoft.Subscription/aliases/write', `/subscriptions/${wanted.subscriptionId}`)
  await reserveAlias(context.db, tenantId, wanted.name)
  const existing = await findAlias(context.db, tenantId, wanted.name)
  if (existing) {
    requireSameAlias(existing, wanted, target && formatSectionScope(target))
    return { alias: existing, isNew: false }
  }
  const subscriptionId = target ? await createInSection(context, wanted, target) : (wanted.subscriptionId ?? '')
  await insertAlias(context.db, {
    tenantId,
    name: wanted.name,
    subscriptionId,
    billingScope: target ? formatSectionScope(target) : null,
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
  await authorizeBilling(context, 'S9', formatSectionScope(scope))
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
  if (wanted.subscriptionTenantId !== undefined && wanted.subscriptionTenantId !== section.tenantId)
    throw unsupported(
      'properties.additionalProperties.subscriptionTenantId',
      'A subscription is created in the tenant of its billing account and can be moved to another one afterwards.',
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
export async function getAlias(context: OperationContext, name: string): Promise<SubscriptionAlias> {
  const alias = await findAlias(context.db, context.caller.tenantId, name)
  const isVisible =
    alias !== undefined &&
    (alias.createdBy === context.caller.objectId ||
      (await listVisibleSubscriptionIds(context)).includes(alias.subscriptionId))
  if (!isVisible) throw notFound('AliasNotFound', `The subscription alias '${name}' could not be found.`)
  return alias
}

export async function listVisibleAliases(context: OperationContext): Promise<SubscriptionAlias[]> {
  return listAliases(context.db, context.caller.tenantId, {
    createdBy: context.caller.objectId,
    subscriptionIds: await listVisibleSubscriptionIds(context),
  })
}

/** Removes the name and leaves the subscription; false when there is none that the caller may see. */
export async function removeAlias(context: OperationContext, name: string): Promise<boolean> {
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
