import { type BillingTask, describeBillingTask } from '../domain/access/billing-roles.ts'
import {
  billingAccountId,
  billingProfileId,
  type BillingScope,
  invoiceSectionId,
  parseBillingScope,
} from '../domain/billing/billing-ids.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { forbidden, notFound, Refusal } from '../domain/refusal.ts'
import { placeSubscription } from '../store/billing-placement.ts'
import { findBillingProfile } from '../store/billing-profile.ts'
import {
  type BillingSubscription,
  findBillingSubscription,
  listBillingSubscriptions,
  setCostCenter,
} from '../store/billing-subscription.ts'
import { findInvoiceSection, type InvoiceSection } from '../store/invoice-section.ts'
import { lockSubscription } from '../store/subscription.ts'
import { appendAudit } from './audit.ts'
import { allowsBillingTask, authorizeBilling } from './authorize.ts'
import { listVisibleProfiles, requireAccount, requireProfile, requireSection } from './billing-access.ts'
import type { OperationContext } from './context.ts'

export async function listSubscriptionsBilledTo(
  context: OperationContext,
  scope: BillingScope,
  page: { after?: string | undefined; limit: number },
): Promise<BillingSubscription[]> {
  if (scope.profile !== undefined && scope.section !== undefined) {
    const { profile, section } = await requireSection(context, 'S8', scope.account, scope.profile, scope.section)
    return listBillingSubscriptions(context.db, { profiles: [profile.name], section: section.name }, page)
  }
  if (scope.profile !== undefined) {
    const { profile } = await requireProfile(context, 'P18', scope.account, scope.profile)
    return listBillingSubscriptions(context.db, { profiles: [profile.name] }, page)
  }
  const access = await requireAccount(context, 'A12', scope.account)
  const profiles = await listVisibleProfiles(context, access)
  return listBillingSubscriptions(context.db, { profiles: profiles.map((profile) => profile.name) }, page)
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
  await setCostCenter(context.db, before.subscriptionId, costCenter)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingSubscriptions/write',
    scope: `${billingAccountId(before.account)}/billingSubscriptions/${before.subscriptionId}`,
    before: { costCenter: before.costCenter },
    after: { costCenter },
  })
  return { ...before, costCenter }
}

/**
 * New charges go to the destination from now on, what is pending stays where it is (DEC-46). Both ends need a role that
 * may do it (BIL-9).
 */
export async function moveSubscription(
  context: OperationContext,
  accountName: string,
  subscriptionId: string,
  destinationId: string,
): Promise<BillingSubscription> {
  const source = await requireBilledIn(context, accountName, subscriptionId, 'S8')
  const destination = parseBillingScope(destinationId)
  await authorizeEnd(context, source, taskFor(source, destination), scopeOf(source))
  await lockSubscription(context.db, source.subscriptionId, context.now)
  const decision = await decideMove(context, source, destinationId)
  if ('refusal' in decision) throw decision.refusal
  if (decision.section.name === source.section) return source
  const at = await placeSubscription(context.db, {
    subscriptionId: source.subscriptionId,
    profile: decision.section.billingProfileName,
    section: decision.section.name,
    at: context.now,
  })
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingSubscriptions/move/action',
    scope: `${billingAccountId(source.account)}/billingSubscriptions/${source.subscriptionId}`,
    before: { profile: source.profile, section: source.section },
    after: { profile: decision.section.billingProfileName, section: decision.section.name, at: at.toISOString() },
  })
  return (await findBillingSubscription(context.db, source.subscriptionId)) ?? source
}

export type MoveEligibility =
  | { readonly isEligible: true }
  | { readonly isEligible: false; readonly code: string; readonly message: string }

/** Why a move would be refused; being ineligible is an answer and no error. */
export async function validateMove(
  context: OperationContext,
  accountName: string,
  subscriptionId: string,
  destinationId: string,
): Promise<MoveEligibility> {
  const source = await requireBilledIn(context, accountName, subscriptionId, 'S8')
  const task = taskFor(source, parseBillingScope(destinationId))
  if (!(await allowsBillingTask(context, task, scopeOf(source))))
    return { isEligible: false, code: 'InsufficientPermissionOnSource', message: needs(task) }
  const decision = await decideMove(context, source, destinationId)
  if ('section' in decision) return { isEligible: true }
  return { isEligible: false, code: decision.code, message: decision.refusal.message }
}

type MoveDecision = { readonly section: InvoiceSection } | { readonly code: string; readonly refusal: Refusal }

async function decideMove(
  context: OperationContext,
  source: BillingSubscription,
  destinationId: string,
): Promise<MoveDecision> {
  const destination = parseBillingScope(destinationId)
  if (!destination?.profile || !destination.section)
    return refuse('InvalidDestination', 'invalid', 'The destination is the id of an invoice section.')
  if (source.section === null)
    return refuse('SubscriptionTypeNotSupported', 'conflict', 'A subscription that a partner pays for has no section.')
  if (destination.account.toLowerCase() !== source.account.toLowerCase())
    return refuse(
      'CrossBillingAccountNotAllowed',
      'conflict',
      'The destination is in another billing account. Ask for a transfer of billing ownership instead.',
    )
  const section = await findInvoiceSection(context.db, destination.section)
  const profile = await findBillingProfile(context.db, destination.profile)
  const scope = invoiceSectionId(source.account, destination.profile, destination.section)
  const task = taskFor(source, destination)
  const endScope = task === 'U4' ? billingProfileId(source.account, destination.profile) : scope
  if (!(await allowsBillingTask(context, task, endScope)))
    return { code: 'InsufficientPermissionOnDestination', refusal: forbidden('AuthorizationFailed', needs(task)) }
  if (profile?.billingAccountName !== source.account)
    return refuse('DestinationBillingProfileNotFound', 'not_found', `There is no profile '${destination.profile}'.`)
  if (section?.billingProfileName !== profile.name || section.isHidden)
    return refuse('DestinationInvoiceSectionNotFound', 'not_found', `There is no section '${destination.section}'.`)
  if (profile.status !== 'Active' && profile.status !== 'Warned')
    return refuse('DestinationBillingProfileInactive', 'conflict', `The profile '${profile.name}' is not active.`)
  if (section.state !== 'Active')
    return refuse('DestinationInvoiceSectionInactive', 'conflict', `The section '${section.name}' is not active.`)
  if (source.state !== 'Active' && source.state !== 'Warned' && source.state !== 'PastDue')
    return refuse('SubscriptionNotActive', 'conflict', `The subscription is ${source.state} and cannot be moved.`)
  return { section }
}

function refuse(code: string, kind: 'invalid' | 'conflict' | 'not_found', message: string): MoveDecision {
  return { code, refusal: new Refusal(kind, code, message, { target: 'destinationInvoiceSectionId' }) }
}

/** Another section of the same profile, or another profile (BIL-9). */
function taskFor(source: BillingSubscription, destination: BillingScope | undefined): BillingTask {
  const isSameProfile = destination?.profile?.toUpperCase() === source.profile
  return isSameProfile || destination?.profile === undefined ? 'U3' : 'U4'
}

const needs = (task: BillingTask): string =>
  `The task '${describeBillingTask(task)}' needs a billing role on both ends of the move.`

function scopeOf(source: BillingSubscription): string {
  return source.section === null
    ? billingProfileId(source.account, source.profile)
    : invoiceSectionId(source.account, source.profile, source.section)
}

function authorizeEnd(
  context: OperationContext,
  source: BillingSubscription,
  task: BillingTask,
  scope: string,
): Promise<void> {
  return authorizeBilling(context, task, task === 'U4' ? billingProfileId(source.account, source.profile) : scope)
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
  const isHere = found?.account.toLowerCase() === accountName.toLowerCase()
  if (found && isHere) {
    await authorizeBilling(context, task, scopeOf(found))
    return found
  }
  await authorizeBilling(context, 'A12', billingAccountId(accountName))
  throw notFound('BillingSubscriptionNotFound', `The subscription '${subscriptionId}' is not billed to this account.`)
}
