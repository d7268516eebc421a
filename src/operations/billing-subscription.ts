import {
  billingAccountId,
  billingProfileId,
  type BillingScope,
  invoiceSectionId,
  parseBillingScope,
} from '../domain/billing/billing-ids.ts'
import type { BillingTask } from '../domain/access/billing-roles.ts'
import {
  decideSubscriptionMove,
  type MoveDecision,
  type MoveRefusal,
  moveTask,
} from '../domain/billing/subscription-move.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { notFound, Refusal, type RefusalKind } from '../domain/refusal.ts'
import { placeSubscription } from '../store/billing-placement.ts'
import { findBillingProfile, shareBillingProfiles } from '../store/billing-profile.ts'
import {
  type BillingSubscription,
  findBillingSubscription,
  listBillingSubscriptions,
  setCostCenter,
} from '../store/billing-subscription.ts'
import { findInvoiceSection } from '../store/invoice-section.ts'
import { lockSubscription } from '../store/subscription.ts'
import { appendAudit } from './audit.ts'
import { allowsBillingTask, authorizeBilling } from './authorize.ts'
import { requireAccount, requireProfile, requireSection } from './billing-access.ts'
import type { OperationContext } from './context.ts'

export async function listSubscriptionsBilledTo(
  context: OperationContext,
  scope: BillingScope,
  page: { after?: string | undefined; limit: number },
): Promise<BillingSubscription[]> {
  if (scope.profile !== undefined && scope.section !== undefined) {
    const { profile, section } = await requireSection(context, 'S8', scope.account, scope.profile, scope.section)
    return listBillingSubscriptions(context.db, { profile: profile.name, section: section.name }, page)
  }
  if (scope.profile !== undefined) {
    const { profile } = await requireProfile(context, 'P18', scope.account, scope.profile)
    return listBillingSubscriptions(context.db, { profile: profile.name }, page)
  }
  const { account } = await requireAccount(context, 'A12', scope.account)
  return listBillingSubscriptions(context.db, { account: account.name }, page)
}

/** Where a subscription is billed; only for those who may see it there. */
export async function getBillingSubscription(
  context: OperationContext,
  accountName: string,
  subscriptionId: string,
): Promise<BillingSubscription> {
  return requireBilledIn(context, accountName, subscriptionId, 'S8')
}

export async function updateCostCenter(
  context: OperationContext,
  accountName: string,
  subscriptionId: string,
  costCenter: string | null,
): Promise<BillingSubscription> {
  const before = await requireBilledIn(context, accountName, subscriptionId, 'U2')
  return changeCostCenter(context, before, costCenter)
}

/** Authorise before calling it. */
export async function changeCostCenter(
  context: OperationContext,
  before: BillingSubscription,
  costCenter: string | null,
): Promise<BillingSubscription> {
  if (before.costCenter === costCenter) return before
  await setCostCenter(context.db, before.subscriptionId, costCenter)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingSubscriptions/write',
    scope: billingSubscriptionId(before),
    before: { costCenter: before.costCenter },
    after: { costCenter },
  })
  return { ...before, costCenter }
}

const refusalKinds: Record<MoveRefusal, RefusalKind> = {
  InvalidDestination: 'invalid',
  CrossBillingAccountNotAllowed: 'conflict',
  InsufficientPermissionOnSource: 'forbidden',
  InsufficientPermissionOnDestination: 'forbidden',
  SubscriptionTypeNotSupported: 'conflict',
  SubscriptionNotActive: 'conflict',
  SourceBillingProfilePastDue: 'conflict',
  DestinationBillingProfileNotFound: 'not_found',
  DestinationBillingProfilePastDue: 'conflict',
  DestinationBillingProfileInactive: 'conflict',
  DestinationInvoiceSectionNotFound: 'not_found',
  InvoiceSectionIsRestricted: 'conflict',
  DestinationInvoiceSectionInactive: 'conflict',
}

/** What is reported from now on goes to the destination; what is pending stays where it is (DEC-46). */
export async function moveSubscription(
  context: OperationContext,
  accountName: string,
  subscriptionId: string,
  destinationId: string,
): Promise<BillingSubscription> {
  const seen = await requireBilledIn(context, accountName, subscriptionId, 'S8')
  const destination = parseBillingScope(destinationId)
  const isInside = destination?.account.toLowerCase() === seen.account.toLowerCase()
  const arriving = isInside && destination?.profile !== undefined ? [destination.profile.toUpperCase()] : []
  // Before the subscription, as whoever settles a profile does, so that neither payer falls behind meanwhile.
  await shareBillingProfiles(context.db, [seen.profile, ...arriving])
  await lockSubscription(context.db, seen.subscriptionId, context.now)
  // Somebody else may have moved it while this waited for the lock.
  const source = await requireBilledIn(context, accountName, subscriptionId, 'S8')
  const decision = await decideMove(context, source, destinationId)
  if (decision.kind === 'unchanged') return source
  if (decision.kind === 'refused') throw refusalOf(decision)
  const at = await placeSubscription(context.db, {
    subscriptionId: source.subscriptionId,
    profile: decision.profile,
    section: decision.section,
    at: context.now,
  })
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingSubscriptions/move/action',
    scope: billingSubscriptionId(source),
    before: { profile: source.profile, section: source.section },
    after: { profile: decision.profile, section: decision.section, at: at.toISOString() },
  })
  return requireBilledIn(context, accountName, subscriptionId, 'S8')
}

/** Whether the same move would be made; not being eligible is an answer and no error. */
export async function validateMove(
  context: OperationContext,
  accountName: string,
  subscriptionId: string,
  destinationId: string,
): Promise<MoveDecision> {
  const source = await requireBilledIn(context, accountName, subscriptionId, 'S8')
  return decideMove(context, source, destinationId)
}

/** What is said when a move is not made. */
export function refusalOf({ refusal, message }: Extract<MoveDecision, { kind: 'refused' }>): Refusal {
  const kind = refusalKinds[refusal]
  const target = 'destinationInvoiceSectionId'
  if (kind !== 'forbidden') return new Refusal(kind, refusal, message, { target })
  return new Refusal(kind, 'AuthorizationFailed', message, { target, details: [{ code: refusal, message }] })
}

async function decideMove(
  context: OperationContext,
  source: BillingSubscription,
  destinationId: string,
): Promise<MoveDecision> {
  const destination = parseBillingScope(destinationId)
  const task = moveTask(source, destination)
  const profile = destination?.profile ?? ''
  const section = destination?.section ?? ''
  const isProfileChange = task === 'U4'
  return decideSubscriptionMove(source, destination, {
    mayLeave: await allowsBillingTask(
      context,
      task,
      isProfileChange ? billingProfileId(source.account, source.profile) : scopeOf(source),
    ),
    mayArrive: await allowsBillingTask(
      context,
      task,
      isProfileChange ? billingProfileId(source.account, profile) : invoiceSectionId(source.account, profile, section),
    ),
    profile: await findBillingProfile(context.db, profile),
    section: await findInvoiceSection(context.db, section),
  })
}

const billingSubscriptionId = ({ account, subscriptionId }: BillingSubscription): string =>
  `${billingAccountId(account)}/billingSubscriptions/${subscriptionId}`

export function scopeOf({
  account,
  profile,
  section,
}: Pick<BillingSubscription, 'account' | 'profile' | 'section'>): string {
  return section === null ? billingProfileId(account, profile) : invoiceSectionId(account, profile, section)
}

async function requireBilledIn(
  context: OperationContext,
  accountName: string,
  subscriptionId: string,
  task: BillingTask,
): Promise<BillingSubscription> {
  const found = isGuid(subscriptionId)
    ? await findBillingSubscription(context.db, subscriptionId.toLowerCase())
    : undefined
  if (found && found.account.toLowerCase() === accountName.toLowerCase()) {
    await authorizeBilling(context, task, scopeOf(found))
    return found
  }
  await authorizeBilling(context, 'A12', billingAccountId(accountName))
  throw notFound('BillingSubscriptionNotFound', `The subscription '${subscriptionId}' is not billed to this account.`)
}
