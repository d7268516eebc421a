import { type BillingPeriod, periodOf, previousPeriod } from '../domain/rating/billing-period.ts'
import { notFound } from '../domain/refusal.ts'
import { findSubscription } from '../store/subscription.ts'
import type { StoredInvoice } from '../store/invoice.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { listReadableInvoicesOfSubscription } from './list-invoices.ts'
import { subscriptionNotFound } from './read-subscription.ts'

export interface SubscriptionPeriod {
  readonly subscriptionId: string
  readonly period: BillingPeriod
  /** Those that the caller may see; to who has a resource role only, none (INV-16). */
  readonly invoices: readonly StoredInvoice[]
}

/** Calendar months from the one in which the subscription was made to now, the latest first (INV-4). */
export async function listSubscriptionPeriods(
  context: OperationContext,
  subscriptionId: string,
): Promise<SubscriptionPeriod[]> {
  await authorizeResource(context, 'Microsoft.Billing/billingPeriods/read', `/subscriptions/${subscriptionId}`)
  const id = subscriptionId.toLowerCase()
  const subscription = await findSubscription(context.db, id, context.now)
  if (!subscription) throw subscriptionNotFound(subscriptionId)
  const invoices = await listReadableInvoicesOfSubscription(context, id)
  const first = periodOf(subscription.createdAt)
  const periods: SubscriptionPeriod[] = []
  for (let period = periodOf(context.now); period >= first; period = previousPeriod(period))
    periods.push({ subscriptionId: id, period, invoices: invoices.filter((invoice) => invoice.period === period) })
  return periods
}

export async function getSubscriptionPeriod(
  context: OperationContext,
  subscriptionId: string,
  name: string,
  isWanted: (period: SubscriptionPeriod) => boolean,
): Promise<SubscriptionPeriod> {
  const found = (await listSubscriptionPeriods(context, subscriptionId)).find(isWanted)
  if (found) return found
  throw notFound('BillingPeriodNotFound', `The billing period '${name}' could not be found.`)
}
