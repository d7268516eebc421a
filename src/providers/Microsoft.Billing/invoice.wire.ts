import { billingAccountId, billingProfileId, customerId, invoiceSectionId } from '../../domain/billing/billing-ids.ts'
import type { InvoiceDocument, InvoiceLine, InvoiceSectionBlock } from '../../domain/billing/invoice-document.ts'
import { amountDueOf } from '../../domain/billing/invoice-life.ts'
import { toWireAmount, toWireDecimalAmount, toWireNumber } from './amount.wire.ts'

interface InvoiceToWire {
  readonly id: string
  readonly number: string | null
  readonly documentType: string
  readonly account: string
  readonly profile: string
  readonly currency: string
  readonly invoiceDate: Date
  readonly dueDate: Date
  readonly subtotalMinor: bigint
  readonly taxMinor: bigint
  readonly totalMinor: bigint
  readonly creditedMinor: bigint
  readonly paidMinor: bigint
  readonly creditFor: string | null
  readonly status: string | null
}

interface PaymentToWire {
  readonly kind: string
  readonly family: string
  readonly paymentMethodName: string | null
  readonly amountMinor: bigint
  readonly paidAt: Date
}

function toWireInvoicePayment(payment: PaymentToWire, currency: string) {
  return {
    paymentType: payment.kind === 'Payment' ? 'Debited' : 'Credited',
    amount: toWireAmount(payment.amountMinor, currency),
    date: payment.paidAt.toISOString(),
    paymentMethodFamily: payment.family,
    paymentMethodType: payment.family,
    ...(payment.paymentMethodName === null
      ? {}
      : { paymentMethodId: `/providers/Microsoft.Billing/paymentMethods/${payment.paymentMethodName}` }),
  }
}

type HeadToWire = Pick<
  InvoiceDocument,
  'period' | 'paymentTermsDays' | 'billingAccount' | 'billingProfile' | 'creditFor' | 'summary'
>

const dayMs = 86_400_000

const documents = ['pdf', 'csv', 'json'] as const

export function toWireInvoice(
  invoice: InvoiceToWire & { readonly head: HeadToWire; readonly payments: readonly PaymentToWire[] },
  baseUrl: string,
) {
  const { head } = invoice
  const name = invoice.number ?? invoice.id
  const id = `${billingAccountId(invoice.account)}/invoices/${name}`
  return {
    id,
    name,
    type: 'Microsoft.Billing/billingAccounts/invoices',
    properties: {
      invoiceDate: invoice.invoiceDate.toISOString(),
      dueDate: invoice.dueDate.toISOString(),
      status: invoice.status ?? 'Paid',
      amountDue: toWireAmount(invoice.documentType === 'Invoice' ? amountDueOf(invoice) : 0n, invoice.currency),
      billedAmount: toWireAmount(invoice.totalMinor, invoice.currency),
      creditAmount: toWireDecimalAmount(head.summary.credits, invoice.currency),
      azurePrepaymentApplied: toWireDecimalAmount(head.summary.creditsApplied, invoice.currency),
      subTotal: toWireAmount(invoice.subtotalMinor, invoice.currency),
      taxAmount: toWireAmount(invoice.taxMinor, invoice.currency),
      totalAmount: toWireAmount(invoice.totalMinor, invoice.currency),
      invoicePeriodStartDate: head.period.from,
      // The wire names the last day, not the first one after it.
      invoicePeriodEndDate: new Date(new Date(head.period.to).getTime() - dayMs).toISOString(),
      invoiceType: 'AzureService',
      isMonthlyInvoice: invoice.documentType !== 'CreditNote',
      billingProfileId: billingProfileId(invoice.account, invoice.profile),
      billingProfileDisplayName: head.billingProfile.displayName,
      purchaseOrderNumber: head.billingProfile.poNumber ?? undefined,
      soldTo: head.billingAccount.soldTo,
      billTo: head.billingProfile.billTo,
      paymentTermsDays: head.paymentTermsDays,
      documentType: invoice.documentType,
      ...(head.creditFor ? { creditForDocumentId: head.creditFor.number } : {}),
      documents: documents.map((kind) => ({
        kind: kind === 'pdf' ? invoice.documentType : kind === 'csv' ? 'Summary' : 'Transactions',
        url: `${baseUrl}${id}/download?downloadToken=${kind}&api-version=2020-05-01`,
        source: 'DRS',
      })),
      payments: invoice.payments.map((payment) => toWireInvoicePayment(payment, invoice.currency)),
    },
  }
}

export function toWireTransaction(
  invoice: Omit<InvoiceToWire, 'status'>,
  document: InvoiceDocument,
  section: InvoiceSectionBlock,
  product: string,
  serviceFamily: string,
  line: InvoiceLine,
) {
  const name = invoice.number ?? invoice.id
  const { account, profile, currency } = invoice
  const amount = (value: string, inCurrency: string = currency) => toWireDecimalAmount(value, inCurrency)
  return {
    id: `${billingAccountId(account)}/invoices/${name}/transactions/${line.lineNumber}`,
    name: String(line.lineNumber),
    type: 'Microsoft.Billing/billingAccounts/invoices/transactions',
    properties: {
      kind: 'all',
      date: invoice.invoiceDate.toISOString(),
      invoice: name,
      invoiceId: `${billingAccountId(account)}/invoices/${name}`,
      productFamily: serviceFamily,
      productTypeId: line.meterId,
      productType: product,
      productDescription: product,
      transactionType: line.chargeType,
      transactionAmount: amount(line.total),
      quantity: toWireNumber(line.quantity),
      ...(section.kind === 'section'
        ? {
            invoiceSectionId: invoiceSectionId(account, profile, section.name),
            invoiceSectionDisplayName: section.displayName,
          }
        : { customerId: customerId(account, section.name), customerDisplayName: section.displayName }),
      billingProfileId: billingProfileId(account, profile),
      billingProfileDisplayName: document.billingProfile.displayName,
      ...(line.subscriptionId === ''
        ? {}
        : { subscriptionId: line.subscriptionId, subscriptionName: line.subscriptionName }),
      azureCreditApplied: amount('0'),
      billingCurrency: currency,
      discount: 0,
      effectivePrice: amount(line.effectiveUnitPrice, line.pricingCurrency),
      exchangeRate: line.exchangeRate ? toWireNumber(line.exchangeRate.rate) : 1,
      marketPrice: amount(line.unitPrice ?? line.effectiveUnitPrice, line.pricingCurrency),
      pricingCurrency: line.pricingCurrency,
      servicePeriodStartDate: line.from,
      servicePeriodEndDate: line.to,
      subTotal: amount(isZero(line.credit) ? line.charge : line.credit),
      tax: amount(line.tax),
      unitOfMeasure: line.unit,
      units: 1,
      unitType: line.unit,
    },
  }
}

const isZero = (amount: string): boolean => /^-?0*(\.0*)?$/.test(amount)
