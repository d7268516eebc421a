import { billingAccountId } from '../../domain/billing/billing-ids.ts'
import { type BillingPeriod, firstDayOf, lastDayOf } from '../../domain/rating/billing-period.ts'
import type { SubscriptionPeriod } from '../../operations/read-billing-period.ts'

/** `201911-1`: Azure numbers the periods of a month; here a month is one period. */
export const periodNameOf = (period: BillingPeriod): string => `${period.replace('-', '')}-1`

export function toWirePeriod({ subscriptionId, period, invoices }: SubscriptionPeriod) {
  const name = periodNameOf(period)
  return {
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.Billing/billingPeriods/${name}`,
    name,
    type: 'Microsoft.Billing/billingPeriods',
    properties: {
      billingPeriodStartDate: firstDayOf(period),
      billingPeriodEndDate: lastDayOf(period),
      invoiceIds: invoices.map(
        (invoice) => `${billingAccountId(invoice.account)}/invoices/${invoice.number ?? invoice.id}`,
      ),
    },
  }
}
