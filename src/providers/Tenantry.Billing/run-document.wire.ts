import { billingProfileId } from '../../domain/billing/billing-ids.ts'

interface RunDocument {
  readonly id: string
  readonly number: string | null
  readonly documentType: string
  readonly account: string
  readonly profile: string
  readonly period: string
  readonly invoiceDate: Date
  readonly documentSha256: string
}

export function toWireRunDocument(document: RunDocument) {
  const name = document.number ?? document.id
  return {
    id: `/providers/Tenantry.Billing/invoices/${name}`,
    name,
    type: 'Tenantry.Billing/invoices',
    properties: {
      documentType: document.documentType,
      number: document.number,
      period: document.period,
      invoiceDate: document.invoiceDate.toISOString(),
      billingProfileId: billingProfileId(document.account, document.profile),
      sha256: document.documentSha256,
    },
  }
}
