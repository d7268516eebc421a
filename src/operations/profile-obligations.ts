import type { ProfileObligations } from '../domain/billing/payment-method.ts'
import { periodOf } from '../domain/rating/billing-period.ts'
import { getCurrency } from '../domain/rating/currency.ts'
import { formatMoney } from '../domain/rating/money.ts'
import type { BillingProfile } from '../store/billing-profile.ts'
import { listRunningSubscriptions } from '../store/billing-subscription.ts'
import { listOpenInvoices } from '../store/invoice-balance.ts'
import type { OperationContext } from './context.ts'
import { composeNow } from './preview-invoice.ts'

/** What a profile still has to do with: who it pays for, what it owes, and what it will owe (BIL-11). */
export async function loadObligations(context: OperationContext, profile: BillingProfile): Promise<ProfileObligations> {
  const pending = await composeNow(context, profile, periodOf(context.now))
  return {
    subscriptions: await listRunningSubscriptions(context.db, { profile: profile.name }),
    openInvoices: (await listOpenInvoices(context.db, profile.name)).map(({ number, dueMinor }) => ({
      number,
      amountDue: formatMoney({ minor: dueMinor, currency: getCurrency(profile.currency) }),
    })),
    pending: pending.lines.some((line) => line.amountMinor !== 0n)
      ? formatMoney({ minor: pending.subtotalMinor, currency: getCurrency(profile.currency) })
      : undefined,
    unpriced: pending.unpriced.length,
  }
}
