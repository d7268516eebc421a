import type { InvoiceDocument, InvoiceLanguage } from '../domain/billing/invoice-document.ts'
import { csvCell } from '../domain/csv-cell.ts'
import { lineText, productName } from './line-text.ts'

const columns = [
  'documentType',
  'number',
  'invoiceDate',
  'dueDate',
  'billingAccount',
  'billingProfile',
  'currency',
  'section',
  'sectionName',
  'product',
  'serviceFamily',
  'lineNumber',
  'chargeType',
  'description',
  'usagePeriod',
  'from',
  'to',
  'subscriptionId',
  'subscriptionName',
  'meterId',
  'resourceId',
  'identityTenantId',
  'unit',
  'quantity',
  'includedQuantity',
  'unitPrice',
  'effectiveUnitPrice',
  'amount',
  'charge',
  'credit',
  'taxRate',
  'tax',
  'total',
  'priceList',
  'priceListVersion',
] as const

const numeric = new Set<string>([
  'lineNumber',
  'quantity',
  'includedQuantity',
  'unitPrice',
  'effectiveUnitPrice',
  'amount',
  'charge',
  'credit',
  'taxRate',
  'tax',
  'total',
  'priceListVersion',
])

/** RFC 4180 with a header; every amount of the document, line by line. */
export function renderInvoiceCsv(document: InvoiceDocument, language: InvoiceLanguage): Uint8Array {
  const rows: string[] = [columns.join(',')]
  for (const section of document.sections)
    for (const product of section.products)
      for (const family of product.serviceFamilies)
        for (const line of family.lines) {
          const values: Record<(typeof columns)[number], string | number | null> = {
            documentType: document.documentType,
            number: document.issue?.number ?? null,
            invoiceDate: document.issue?.invoiceDate ?? null,
            dueDate: document.issue?.dueDate ?? null,
            billingAccount: document.billingAccount.name,
            billingProfile: document.billingProfile.name,
            currency: document.currency,
            section: section.name,
            sectionName: section.displayName,
            product: productName(product.name, language),
            serviceFamily: family.name,
            lineNumber: line.lineNumber,
            chargeType: line.chargeType,
            description: lineText(line, language),
            usagePeriod: line.usagePeriod,
            from: line.from,
            to: line.to,
            subscriptionId: line.subscriptionId,
            subscriptionName: line.subscriptionName,
            meterId: line.meterId,
            resourceId: line.resource?.id ?? null,
            identityTenantId: line.identityTenant?.id ?? null,
            unit: line.unit,
            quantity: line.quantity,
            includedQuantity: line.includedQuantity,
            unitPrice: line.unitPrice,
            effectiveUnitPrice: line.effectiveUnitPrice,
            amount: line.amount,
            charge: line.charge,
            credit: line.credit,
            taxRate: line.taxRate,
            tax: line.tax,
            total: line.total,
            priceList: line.priceList.name,
            priceListVersion: line.priceList.version,
          }
          rows.push(columns.map((column) => csvCell(values[column], numeric.has(column))).join(','))
        }
  return new TextEncoder().encode(`${rows.join('\r\n')}\r\n`)
}
