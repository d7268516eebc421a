import { billingAccountId } from '../domain/billing/billing-ids.ts'
import { amountDueOf } from '../domain/billing/invoice-life.ts'
import { isExpired, type PaymentFamily, refuseCardNumbers } from '../domain/billing/payment-method.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { getCurrency } from '../domain/rating/currency.ts'
import { findMinor, formatMoney } from '../domain/rating/money.ts'
import { conflict, invalid, notFound } from '../domain/refusal.ts'
import { lockBillingProfile } from '../store/billing-profile.ts'
import { findInvoice, lockInvoice, type StoredInvoice } from '../store/invoice.ts'
import { findPayment, insertPayment, listPayments, type Payment } from '../store/payment.ts'
import { type LinkedPaymentMethod, listLinkedPaymentMethods } from '../store/payment-method.ts'
import { appendAudit } from './audit.ts'
import { authorizeBilling, authorizeOperator } from './authorize.ts'
import { requireProfile } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { applyCredit } from './invoice-credit.ts'
import { getInvoice, invoiceNotFound } from './read-invoice.ts'
import { settleProfile } from './settle-profile.ts'

export interface WantedPayment {
  /** Absent: all that is due. */
  readonly amount: string | undefined
  readonly currency: string | undefined
  readonly family: PaymentFamily | undefined
  readonly paymentMethodName: string | undefined
  readonly reference: string | undefined
  /** When it was paid, if it was not now. */
  readonly paidAt: Date | undefined
}

export interface PaymentView {
  readonly invoice: StoredInvoice
  readonly payment: Payment
}
export type RecordedPayment = PaymentView & { readonly isNew: boolean }

/** A transfer or a card charge that the seller knows of (BIL-22). */
export async function recordPayment(
  context: OperationContext,
  invoiceName: string,
  paymentName: string,
  wanted: WantedPayment,
): Promise<RecordedPayment> {
  authorizeOperator(context)
  const invoice = await findInvoice(context.db, invoiceName)
  if (!invoice) throw invoiceNotFound(invoiceName)
  if (wanted.family === 'Credits')
    throw invalid(
      'CreditsAreGranted',
      'Invoices are paid with credit by themselves. Grant it to the profile.',
      'properties.paymentMethodFamily',
    )
  return record(context, invoice, paymentName, { ...wanted, family: wanted.family ?? 'CheckWire' })
}

/** A payment by card through the account view: row A8 of the matrix, which a contributor has (BIL-18, DEC-20). */
export async function payThroughAccount(
  context: OperationContext,
  accountName: string,
  invoiceName: string,
  paymentName: string,
  wanted: WantedPayment,
): Promise<RecordedPayment> {
  await authorizeBilling(context, 'A8', billingAccountId(accountName))
  const invoice = await findInvoice(context.db, invoiceName)
  if (invoice?.account.toLowerCase() !== accountName.toLowerCase()) throw invoiceNotFound(invoiceName)
  return payByCard(context, invoice, paymentName, wanted)
}

/** The same through the profile view: row P8, which an account contributor has not and an invoice manager has. */
export async function payThroughProfile(
  context: OperationContext,
  accountName: string,
  profileName: string,
  invoiceName: string,
  paymentName: string,
  wanted: WantedPayment,
): Promise<RecordedPayment> {
  const { profile } = await requireProfile(context, 'P8', accountName, profileName)
  const invoice = await findInvoice(context.db, invoiceName)
  if (invoice?.profile !== profile.name) throw invoiceNotFound(invoiceName)
  return payByCard(context, invoice, paymentName, wanted)
}

async function payByCard(
  context: OperationContext,
  invoice: StoredInvoice,
  paymentName: string,
  wanted: WantedPayment,
): Promise<RecordedPayment> {
  if (wanted.family !== undefined && wanted.family !== 'CreditCard')
    throw invalid(
      'CardRequired',
      'Invoices are paid by card here. The seller records transfers.',
      'properties.paymentMethodFamily',
    )
  const card = chooseCard(await listLinkedPaymentMethods(context.db, [invoice.profile]), wanted.paymentMethodName)
  if (isExpired(card, context.now))
    throw conflict('PaymentMethodExpired', 'The card has expired. Add another one to the billing profile.')
  return record(context, invoice, paymentName, { ...wanted, family: 'CreditCard', paymentMethodName: card.name })
}

function chooseCard(links: readonly LinkedPaymentMethod[], name: string | undefined): LinkedPaymentMethod {
  const link = links.find((one) => (name === undefined ? one.isDefault : one.name === name.toLowerCase()))
  if (link?.family === 'CreditCard') return link
  throw invalid(
    'CardNotFound',
    name === undefined
      ? "The default payment method of the billing profile is no card. Name a card of the profile in 'paymentMethodName'."
      : `The billing profile has no card '${name}'. Add it first.`,
    'properties.paymentMethodName',
  )
}

/** What was recorded of an invoice, for whoever may see the invoice. */
export async function listPaymentsOf(
  context: OperationContext,
  invoiceName: string,
): Promise<{ readonly invoice: StoredInvoice; readonly payments: readonly Payment[] }> {
  const invoice = await getInvoice(context, invoiceName)
  return { invoice, payments: await listPayments(context.db, [invoice.id]) }
}

/** Takes a payment back that did not arrive after all; the invoice is as due as it was. */
export async function reversePayment(
  context: OperationContext,
  invoiceName: string,
  paymentName: string,
  reason: string,
): Promise<RecordedPayment> {
  authorizeOperator(context)
  const seen = await findInvoice(context.db, invoiceName)
  if (!seen) throw invoiceNotFound(invoiceName)
  await lockBillingProfile(context.db, seen.profile)
  await lockInvoice(context.db, seen.id)
  const payments = await listPayments(context.db, [seen.id])
  const original = payments.find((payment) => payment.id === paymentName.toLowerCase())
  if (!original) throw notFound('PaymentNotFound', `The payment '${paymentName}' could not be found.`)
  if (original.kind !== 'Payment')
    throw conflict('NotAPayment', `Only a payment is taken back, and '${paymentName}' is a ${original.kind}.`)
  const earlier = payments.find((payment) => payment.reverses === original.id)
  if (earlier) return { invoice: seen, payment: earlier, isNew: false }
  const payment: Payment = {
    ...original,
    id: context.random.uuid(),
    kind: 'Reversal',
    amountMinor: -original.amountMinor,
    reference: reason,
    paidAt: context.now,
    recordedAt: context.now,
    recordedBy: context.caller.objectId,
    reverses: original.id,
  }
  return store(context, seen, payment)
}

async function record(
  context: OperationContext,
  seen: StoredInvoice,
  name: string,
  wanted: WantedPayment & { readonly family: PaymentFamily },
): Promise<RecordedPayment> {
  refuseCardNumbers({ reference: wanted.reference })
  if (!isGuid(name))
    throw invalid('InvalidPaymentName', `'${name}' is no name of a payment. Use a new GUID.`, 'paymentName')
  if (seen.documentType !== 'Invoice')
    throw conflict('NotAnInvoice', `Only invoices are paid, and '${seen.number ?? seen.id}' is a ${seen.documentType}.`)
  await lockBillingProfile(context.db, seen.profile)
  await lockInvoice(context.db, seen.id)
  const invoice = (await findInvoice(context.db, seen.id)) ?? seen
  const existing = await findPayment(context.db, name.toLowerCase())
  if (existing) return { invoice, payment: requireSame(invoice, existing, wanted), isNew: false }
  const paidAt = wanted.paidAt ?? context.now
  if (paidAt > context.now)
    throw invalid('InvalidPaymentDate', 'A payment is recorded when it has been made.', 'properties.date')
  return store(context, invoice, {
    id: name.toLowerCase(),
    invoiceId: invoice.id,
    kind: 'Payment',
    family: wanted.family,
    paymentMethodName: wanted.paymentMethodName?.toLowerCase() ?? null,
    amountMinor: requireAmount(invoice, wanted),
    reference: wanted.reference ?? null,
    paidAt,
    recordedAt: context.now,
    recordedBy: context.caller.objectId,
    reverses: null,
  })
}

async function store(context: OperationContext, invoice: StoredInvoice, payment: Payment): Promise<RecordedPayment> {
  await insertPayment(context.db, payment)
  await appendAudit(context, {
    action: `Tenantry.Billing/invoices/payments/${payment.kind === 'Reversal' ? 'reverse/action' : 'write'}`,
    scope: `/providers/Tenantry.Billing/invoices/${invoice.number ?? invoice.id}/payments/${payment.id}`,
    after: {
      amount: formatMoney({ minor: payment.amountMinor, currency: getCurrency(invoice.currency) }),
      family: payment.family,
      paymentMethodName: payment.paymentMethodName,
      reference: payment.reference,
      paidAt: payment.paidAt,
      reverses: payment.reverses,
    },
  })
  // Credit that a reversal set free is used again.
  const paid = payment.kind === 'Reversal' ? await applyCredit(context, invoice.profile) : []
  await settleProfile(context, invoice.profile, [invoice.id, ...paid])
  return { invoice: (await findInvoice(context.db, invoice.id)) ?? invoice, payment, isNew: true }
}

function requireAmount(invoice: StoredInvoice, { amount, currency }: WantedPayment): bigint {
  const dueMinor = amountDueOf(invoice)
  const due = formatMoney({ minor: dueMinor, currency: getCurrency(invoice.currency) })
  const name = invoice.number ?? invoice.id
  if (dueMinor === 0n) throw conflict('NothingDue', `Nothing is due on the invoice '${name}'.`)
  if (currency !== undefined && currency.toUpperCase() !== invoice.currency)
    throw invalid(
      'InvalidCurrency',
      `The invoice '${name}' is in ${invoice.currency}, and so are its payments.`,
      'properties.amount.currency',
    )
  if (amount === undefined) return dueMinor
  const minor = findMinor(amount, getCurrency(invoice.currency))
  if (minor === undefined || minor <= 0n)
    throw invalid(
      'InvalidAmount',
      `'${amount}' is no amount above zero of ${invoice.currency}.`,
      'properties.amount.value',
    )
  if (minor > dueMinor)
    throw conflict(
      'PaymentExceedsAmountDue',
      `${due} are due on the invoice '${name}'. Record what belongs to other invoices there.`,
    )
  return minor
}

function requireSame(
  invoice: StoredInvoice,
  existing: Payment,
  wanted: WantedPayment & { readonly family: PaymentFamily },
): Payment {
  const minor =
    wanted.amount === undefined ? existing.amountMinor : findMinor(wanted.amount, getCurrency(invoice.currency))
  const isSame =
    existing.invoiceId === invoice.id &&
    existing.family === wanted.family &&
    existing.amountMinor === minor &&
    existing.reference === (wanted.reference ?? null)
  if (isSame) return existing
  throw conflict(
    'PaymentExists',
    `The payment '${existing.id}' was recorded otherwise. Use a new GUID for another one.`,
  )
}
