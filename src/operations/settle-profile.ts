import { billingProfileId } from '../domain/billing/billing-ids.ts'
import { disabledAt, type InvoiceStatus, overdueAt, statusAt } from '../domain/billing/invoice-life.ts'
import { type Arrears, stateUnderArrears } from '../domain/billing/payment-hold.ts'
import { type BillingProfile, lockBillingProfile, setBillingProfileStatus } from '../store/billing-profile.ts'
import { insertInvoiceStatus, listInvoicesByIds, loadLastStatuses, type StoredInvoice } from '../store/invoice.ts'
import { listOpenInvoices } from '../store/invoice-balance.ts'
import {
  insertPaymentHold,
  liftPaymentHold,
  lockPaymentHolds,
  lockSubscriptionsPaidBy,
  markHoldDisabled,
} from '../store/payment-hold.ts'
import { setSubscriptionState } from '../store/subscription.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'
import { scheduleDueWork } from './schedule-due-work.ts'

export const arrearsWork = 'billing/arrears'

/** Has a look taken at profiles when invoices of theirs, due at the same time, can have become overdue. */
export async function watchDueDate(
  context: Pick<OperationContext, 'db' | 'random'>,
  profiles: readonly string[],
  dueDate: Date,
): Promise<void> {
  if (profiles.length === 0) return
  await scheduleDueWork(context, { dueAt: overdueAt(dueDate), kind: arrearsWork, payload: { profiles } })
}

export async function lookForArrears(
  context: OperationContext,
  { profiles }: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const profile of (profiles as readonly string[]).toSorted()) await settleProfile(context, profile)
}

/**
 * Brings invoices, profile and subscriptions in line with what is paid at this instant (BIL-23). `touched` are invoices
 * that something happened to just now. Doing it again changes nothing.
 */
export async function settleProfile(
  context: OperationContext,
  name: string,
  touched: readonly string[] = [],
): Promise<void> {
  const profile = await lockBillingProfile(context.db, name)
  if (!profile) return
  const open = await listOpenInvoices(context.db, name)
  await noteStatuses(context, [...new Set([...touched, ...open.map(({ id }) => id)])])
  const { overdueDisableDays } = context.settings
  const isReached = (instant: Date): boolean => instant <= context.now
  const overdue = open.filter(({ dueDate }) => isReached(overdueAt(dueDate)))
  const isLapsed = overdue.some(({ dueDate }) => isReached(disabledAt(dueDate, overdueDisableDays)))
  await applyArrears(context, profile, overdue.length === 0 ? 'none' : isLapsed ? 'lapsed' : 'pastDue')
}

/** Writes down what each invoice became, once. */
async function noteStatuses(context: OperationContext, ids: readonly string[]): Promise<void> {
  const last = await loadLastStatuses(context.db, ids)
  for (const invoice of await listInvoicesByIds(context.db, ids)) {
    const status = statusAt(invoice, invoice.dueDate, context.now)
    if (last.get(invoice.id) === status) continue
    await insertInvoiceStatus(context.db, [{ invoiceId: invoice.id, at: context.now, status }])
    await appendAudit(context, {
      action: 'Tenantry.Billing/invoices/status/write',
      scope: `/providers/Tenantry.Billing/invoices/${invoice.number ?? invoice.id}`,
      before: { status: last.get(invoice.id) ?? null },
      after: { status },
    })
    if (status === 'OverDue') await watchLapse(context, invoice)
  }
}

async function watchLapse(context: OperationContext, { profile, dueDate }: StoredInvoice): Promise<void> {
  await scheduleDueWork(context, {
    dueAt: disabledAt(dueDate, context.settings.overdueDisableDays),
    kind: arrearsWork,
    payload: { profiles: [profile] },
  })
}

/** A profile that is inactive stays so, whatever it still owes (BIL-11). */
const statusUnder = (profile: BillingProfile, arrears: Arrears): string => {
  if (profile.status !== 'Active' && profile.status !== 'Warned' && profile.status !== 'PastDue') return profile.status
  if (arrears !== 'none') return 'PastDue'
  return profile.status === 'PastDue' ? 'Active' : profile.status
}

async function applyArrears(context: OperationContext, profile: BillingProfile, arrears: Arrears): Promise<void> {
  const { db, now } = context
  const status = statusUnder(profile, arrears)
  if (status !== profile.status) {
    await setBillingProfileStatus(db, profile.name, status)
    await appendAudit(context, {
      action: 'Microsoft.Billing/billingAccounts/billingProfiles/status/write',
      scope: billingProfileId(profile.billingAccountName, profile.name),
      before: { status: profile.status },
      after: { status },
    })
  }
  if (arrears !== 'none')
    for (const { id, state } of await lockSubscriptionsPaidBy(db, profile.name)) {
      const stateBefore = state === 'Warned' ? 'Warned' : 'Active'
      await insertPaymentHold(db, { subscriptionId: id, profile: profile.name, stateBefore, at: now })
      await changeState(context, { id, state, cancelledAt: null, deletedAt: null }, 'PastDue')
    }
  for (const hold of await lockPaymentHolds(db, profile.name)) {
    const next = stateUnderArrears(hold, arrears)
    if (next) {
      await changeState(context, hold, next)
      await markHoldDisabled(db, hold.id, next === 'Disabled' ? now : null)
    }
    if (arrears === 'none') await liftPaymentHold(db, hold.id, now)
  }
}

type Changed = Pick<Awaited<ReturnType<typeof lockPaymentHolds>>[number], 'id' | 'state' | 'cancelledAt' | 'deletedAt'>

async function changeState(context: OperationContext, from: Changed, state: Changed['state']): Promise<void> {
  const { id, cancelledAt, deletedAt } = from
  await setSubscriptionState(context.db, id, { state, cancelledAt, deletedAt })
  await appendAudit(context, {
    action: 'Microsoft.Subscription/state/write',
    scope: `/subscriptions/${id}`,
    before: { state: from.state },
    after: { state },
  })
}

/** What an invoice is now; nothing else is ever due (DEC-37). */
export function invoiceStatusOf(context: Pick<OperationContext, 'now'>, invoice: StoredInvoice): InvoiceStatus | null {
  return invoice.documentType === 'Invoice' ? statusAt(invoice, invoice.dueDate, context.now) : null
}
