import { billingProfileId } from '../domain/billing/billing-ids.ts'
import { disabledAt, overdueAt, statusAt } from '../domain/billing/invoice-life.ts'
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
import { notifyPayer } from './notify-payer.ts'
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
  const becameOverdue = await noteStatuses(context, [...new Set([...touched, ...open.map(({ id }) => id)])])
  const { overdueDisableDays } = context.settings
  const isReached = (instant: Date): boolean => instant <= context.now
  const overdue = open.filter(({ dueDate }) => isReached(overdueAt(dueDate)))
  const isLapsed = overdue.some(({ dueDate }) => isReached(disabledAt(dueDate, overdueDisableDays)))
  const step = await applyArrears(context, profile, overdue.length === 0 ? 'none' : isLapsed ? 'lapsed' : 'pastDue')
  for (const invoice of overdue.filter(({ id }) => becameOverdue.includes(id))) {
    const disabledOn = disabledAt(invoice.dueDate, overdueDisableDays)
    if (!isReached(disabledOn)) await notifyPayer(context, profile, { kind: 'overdue', disabledOn }, [invoice])
  }
  if (step) await notifyPayer(context, profile, { kind: step }, overdue)
}

/** Writes down what each invoice became, once; which of them became overdue. */
async function noteStatuses(context: OperationContext, ids: readonly string[]): Promise<string[]> {
  const overdue: string[] = []
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
    if (status !== 'OverDue') continue
    overdue.push(invoice.id)
    await watchLapse(context, invoice)
  }
  return overdue
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

/** What there is to tell of it: that subscriptions were disabled, or that nothing is behind any more. */
async function applyArrears(
  context: OperationContext,
  profile: BillingProfile,
  arrears: Arrears,
): Promise<'disabled' | 'settled' | undefined> {
  const { db, now } = context
  let isDisabling = false
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
      isDisabling ||= next === 'Disabled'
      await markHoldDisabled(db, hold.id, next === 'Disabled' ? now : null)
    }
    if (arrears === 'none') await liftPaymentHold(db, hold.id, now)
  }
  if (isDisabling) return 'disabled'
  return profile.status === 'PastDue' && status === 'Active' ? 'settled' : undefined
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
