import { z } from 'zod'
import { billingProfileId } from '../../domain/billing/billing-ids.ts'
import { amountDueOf } from '../../domain/billing/invoice-life.ts'
import { getCurrency } from '../../domain/rating/currency.ts'
import { formatMinor } from '../../domain/rating/money.ts'
import type { WantedPayment } from '../../operations/record-payment.ts'

const decimal = z.union([z.string().max(40), z.number().transform(String)])
const text = z.string().trim().min(1).max(256)

export const paymentBody = z.object({
  properties: z
    .object({
      amount: z.object({ value: decimal, currency: z.string().max(3).optional() }).optional(),
      paymentMethodFamily: z.enum(['CreditCard', 'CheckWire', 'Credits']).optional(),
      paymentMethodName: z.guid().optional(),
      reference: text.optional(),
      date: z.iso.datetime({ offset: true }).optional(),
    })
    .default({}),
})
export const reversalBody = z.object({ properties: z.object({ reason: text }) })
export const creditBody = z.object({ properties: z.object({ amount: decimal, reason: text }) })

export function fromWirePayment({ properties }: z.output<typeof paymentBody>): WantedPayment {
  return {
    amount: properties.amount?.value,
    currency: properties.amount?.currency,
    family: properties.paymentMethodFamily,
    paymentMethodName: properties.paymentMethodName,
    reference: properties.reference,
    paidAt: properties.date === undefined ? undefined : new Date(properties.date),
  }
}

interface InvoiceToWire {
  readonly id: string
  readonly number: string | null
  readonly currency: string
  readonly totalMinor: bigint
  readonly creditedMinor: bigint
  readonly paidMinor: bigint
}

interface PaymentToWire {
  readonly id: string
  readonly kind: string
  readonly family: string
  readonly paymentMethodName: string | null
  readonly amountMinor: bigint
  readonly reference: string | null
  readonly paidAt: Date
  readonly recordedAt: Date
  readonly reverses: string | null
}

const amountOf = (minor: bigint, currency: string) => ({ value: formatMinor(minor, getCurrency(currency)), currency })

export function toWirePayment(invoice: InvoiceToWire, payment: PaymentToWire) {
  const name = invoice.number ?? invoice.id
  return {
    id: `/providers/Tenantry.Billing/invoices/${name}/payments/${payment.id}`,
    name: payment.id,
    type: 'Tenantry.Billing/invoices/payments',
    properties: {
      kind: payment.kind,
      amount: amountOf(payment.amountMinor, invoice.currency),
      paymentMethodFamily: payment.family,
      ...(payment.paymentMethodName === null
        ? {}
        : { paymentMethodId: `/providers/Microsoft.Billing/paymentMethods/${payment.paymentMethodName}` }),
      reference: payment.reference ?? undefined,
      date: payment.paidAt.toISOString(),
      recordedAt: payment.recordedAt.toISOString(),
      reverses: payment.reverses ?? undefined,
      invoice: {
        name,
        amountDue: amountOf(amountDueOf(invoice), invoice.currency),
        paid: amountOf(invoice.paidMinor, invoice.currency),
      },
    },
  }
}

interface CreditToWire {
  readonly id: string
  readonly amountMinor: bigint
  readonly reason: string
  readonly grantedAt: Date
}

export function toWireCredit(
  profile: { readonly billingAccountName: string; readonly name: string; readonly currency: string },
  credit: CreditToWire,
) {
  return {
    id: `${billingProfileId(profile.billingAccountName, profile.name)}/providers/Tenantry.Billing/credits/${credit.id}`,
    name: credit.id,
    type: 'Tenantry.Billing/credits',
    properties: {
      amount: amountOf(credit.amountMinor, profile.currency),
      reason: credit.reason,
      grantedAt: credit.grantedAt.toISOString(),
    },
  }
}
