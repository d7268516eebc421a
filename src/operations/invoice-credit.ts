import { billingProfileId } from '../domain/billing/billing-ids.ts'
import { surplusOf } from '../domain/billing/invoice-life.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { findMinor } from '../domain/rating/money.ts'
import { getCurrency } from '../domain/rating/currency.ts'
import { conflict, invalid } from '../domain/refusal.ts'
import { type BillingProfile, lockBillingProfile } from '../store/billing-profile.ts'
import { listOpenInvoices, loadBalances } from '../store/invoice-balance.ts'
import { type Credit, findCredit, insertCredit, insertPayment, loadCreditBalances } from '../store/payment.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import { findProfileIn, profileNotFound, requireProfile } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { findAnyAccount } from './find-any-account.ts'
import { settleProfile } from './settle-profile.ts'

/** What is left of the credit of a profile (P17), in minor units. */
export async function getAvailableBalance(
  context: OperationContext,
  accountName: string,
  profileName: string,
): Promise<{ readonly account: string; readonly profile: BillingProfile; readonly leftMinor: bigint }> {
  const { access, profile } = await requireProfile(context, 'P17', accountName, profileName)
  const leftMinor = (await loadCreditBalances(context.db, [profile.name])).get(profile.name) ?? 0n
  return { account: access.account.name, profile, leftMinor }
}

/** The seller gives a profile money to pay invoices with; what is open is paid with it at once (BIL-10). */
export async function grantCredit(
  context: OperationContext,
  accountName: string,
  profileName: string,
  name: string,
  wanted: { readonly amount: string; readonly reason: string },
): Promise<{ readonly credit: Credit; readonly profile: BillingProfile; readonly isNew: boolean }> {
  authorizeOperator(context)
  const account = await findAnyAccount(context, accountName)
  const found = await findProfileIn(context, account, profileName)
  const profile = found && (await lockBillingProfile(context.db, found.name))
  if (!profile) throw profileNotFound(profileName)
  const amountMinor = findMinor(wanted.amount, getCurrency(profile.currency))
  if (amountMinor === undefined || amountMinor <= 0n)
    throw invalid(
      'InvalidAmount',
      `'${wanted.amount}' is no amount above zero of ${profile.currency}.`,
      'properties.amount',
    )
  if (!isGuid(name))
    throw invalid('InvalidCreditName', `'${name}' is no name of a credit. Use a new GUID.`, 'creditName')
  const existing = await findCredit(context.db, name.toLowerCase())
  if (existing) {
    const isSame = existing.billingProfileName === profile.name && existing.amountMinor === amountMinor
    if (isSame && existing.reason === wanted.reason) return { credit: existing, profile, isNew: false }
    throw conflict('CreditExists', `The credit '${name}' was granted otherwise. Use a new GUID.`)
  }
  const credit: Credit = {
    id: name.toLowerCase(),
    billingProfileName: profile.name,
    amountMinor,
    reason: wanted.reason,
    paymentId: null,
    grantedAt: context.now,
    grantedBy: context.caller.objectId,
  }
  await insertCredit(context.db, credit)
  await appendAudit(context, {
    action: 'Tenantry.Billing/credits/write',
    scope: billingProfileId(account.name, profile.name),
    after: { id: credit.id, amount: wanted.amount, currency: profile.currency, reason: wanted.reason },
  })
  await settleProfile(context, profile.name, await applyCredit(context, profile.name))
  return { credit, profile, isNew: true }
}

/** Pays open invoices with the credit that is left, what is due first before what is due later; which ones. */
export async function applyCredit(context: OperationContext, profile: string): Promise<string[]> {
  let left = (await loadCreditBalances(context.db, [profile])).get(profile) ?? 0n
  const paid: string[] = []
  for (const invoice of left > 0n ? await listOpenInvoices(context.db, profile) : []) {
    if (left === 0n) break
    const amountMinor = left < invoice.dueMinor ? left : invoice.dueMinor
    await insertPayment(context.db, {
      id: context.random.uuid(),
      invoiceId: invoice.id,
      kind: 'Payment',
      family: 'Credits',
      paymentMethodName: null,
      amountMinor,
      reference: null,
      paidAt: context.now,
      recordedAt: context.now,
      recordedBy: null,
      reverses: null,
    })
    left -= amountMinor
    paid.push(invoice.id)
  }
  return paid
}

/** What was paid for an invoice and is asked for no more becomes credit of the profile. */
export async function returnSurplus(context: OperationContext, profile: string, invoiceId: string): Promise<void> {
  const balance = (await loadBalances(context.db, [invoiceId])).get(invoiceId)
  const surplus = balance ? surplusOf(balance) : 0n
  if (!balance || surplus === 0n) return
  const paymentId = context.random.uuid()
  await insertPayment(context.db, {
    id: paymentId,
    invoiceId,
    kind: 'Refund',
    family: 'Credits',
    paymentMethodName: null,
    amountMinor: -surplus,
    reference: null,
    paidAt: context.now,
    recordedAt: context.now,
    recordedBy: null,
    reverses: null,
  })
  await insertCredit(context.db, {
    id: context.random.uuid(),
    billingProfileName: profile,
    amountMinor: surplus,
    reason: balance.totalMinor < 0n ? 'invoice in favour of the payer' : 'credit note',
    paymentId,
    grantedAt: context.now,
    grantedBy: null,
  })
}
