import type { Caller } from '../domain/access/caller.ts'
import { conflict } from '../domain/refusal.ts'
import { parseSectionScope, requireChargeable } from '../domain/resource/subscription-creation.ts'
import { type CreationRequest, requirePending } from '../domain/resource/subscription-creation-request.ts'
import type { Tags } from '../domain/resource/tags.ts'
import { findCallerFacts } from '../store/caller.ts'
import { finishLongRunningOperation } from '../store/long-running-operation.ts'
import { lockPayingSection } from '../store/subscription-alias.ts'
import { allowsOtherTenants, endCreationRequest, lockCreationRequest } from '../store/subscription-creation-request.ts'
import { findTenant } from '../store/tenant.ts'
import { allowsBillingTask } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { createSubscription } from './create-subscription.ts'
import { startLongRunning } from './long-running.ts'
import { creationRequestNotFound } from './request-subscription.ts'
import { requireSubscriptionPassage } from './subscription-policy.ts'

/**
 * SUB-4: the owner named, signed in to the tenant named, takes the subscription, which comes to be in this commit. The
 * operation that is answered has ended already: the specification knows no other answer.
 */
export async function acceptOwnership(
  context: OperationContext,
  subscriptionId: string,
  wanted: { readonly displayName: string; readonly tags: Tags | undefined },
): Promise<string> {
  const { db, now, caller } = context
  const request = await lockCreationRequest(db, subscriptionId)
  if (request?.destination.tenantId !== caller.tenantId || request.destination.ownerId !== caller.objectId)
    throw creationRequestNotFound(subscriptionId)
  requirePending(request, now)
  if ((await findTenant(db, caller.tenantId))?.kind !== 'workforce')
    throw conflict(
      'DestinationTenantNotSupported',
      'An identity tenant holds no subscriptions. Ask for one in a workforce tenant.',
    )
  const scope = parseSectionScope(request.billingScope)
  const section = requireChargeable(await lockPayingSection(db, scope), scope)
  await requireStillAllowed(context, request, section.billingAccountName)
  await requireSubscriptionPassage(
    context,
    { tenantId: request.source.tenantId, principalId: request.source.requesterId },
    { tenantId: request.destination.tenantId, principalId: request.destination.ownerId },
  )
  await createSubscription(context, {
    id: request.subscriptionId,
    displayName: wanted.displayName,
    workload: request.workload,
    offer: 'direct',
    tags: wanted.tags ?? request.tags,
    tenantId: request.destination.tenantId,
    payer: { profile: section.billingProfileName, section: section.invoiceSectionName },
    owner: { objectId: caller.objectId, type: caller.kind === 'user' ? 'User' : 'ServicePrincipal' },
  })
  await endCreationRequest(db, request.subscriptionId, 'Completed', now)
  const operationId = await startLongRunning(context, {
    kind: 'acceptOwnership',
    scope: `/subscriptions/${request.subscriptionId}`,
    input: {},
  })
  const result = { subscriptionLink: `/subscriptions/${request.subscriptionId}` }
  await finishLongRunningOperation(db, operationId, { state: 'Succeeded', result }, now)
  return operationId
}

/** Who asked may have lost the right to in the meantime, and the account may have closed the way. */
async function requireStillAllowed(
  context: OperationContext,
  { source, billingScope }: CreationRequest,
  billingAccountName: string,
): Promise<void> {
  const facts = await findCallerFacts(context.db, source.tenantId, source.requesterId)
  const requester: Caller | undefined = facts?.isUsable
    ? {
        tenantId: source.tenantId,
        objectId: source.requesterId,
        kind: facts.kind,
        appId: facts.appId ?? '',
        name: facts.name,
        isOperator: false,
      }
    : undefined
  const isEntitled =
    requester !== undefined && (await allowsBillingTask({ db: context.db, caller: requester }, 'S9', billingScope))
  if (isEntitled && (await allowsOtherTenants(context.db, billingAccountName))) return
  throw conflict(
    'CreationRequestNotEntitled',
    'Who asked for the subscription may no longer create subscriptions for that payer in other tenants. Ask for a new request.',
  )
}
