import { z } from 'zod'
import type { InvoiceDocument } from '../../domain/billing/invoice-document.ts'
import { billingAccountId, billingProfileId } from '../../domain/billing/billing-ids.ts'
import type { ExplainedLine } from '../../operations/explain-line.ts'

export const creditBody = z.object({
  properties: z.object({
    reason: z.string().trim().min(1).max(1000),
    lines: z.array(z.int().min(1)).min(1).max(100_000).optional(),
  }),
})

export const previewBody = z.object({ properties: z.object({ period: z.string() }) })

interface InvoiceToWire {
  readonly id: string
  readonly number: string | null
  readonly documentType: string
  readonly account: string
  readonly profile: string
  readonly period: string
  readonly status: string | null
  readonly documentSha256: string
}

export function toWireInvoice(invoice: InvoiceToWire, document: InvoiceDocument) {
  const name = invoice.number ?? invoice.id
  return {
    id: `/providers/Tenantry.Billing/invoices/${name}`,
    name,
    type: 'Tenantry.Billing/invoices',
    properties: {
      documentType: invoice.documentType,
      number: invoice.number,
      status: invoice.status,
      period: invoice.period,
      billingAccountId: billingAccountId(invoice.account),
      billingProfileId: billingProfileId(invoice.account, invoice.profile),
      sha256: invoice.documentSha256,
      document,
    },
  }
}

export function toWireExplained({ invoice, line, eventQuantity, events }: ExplainedLine) {
  const name = invoice.number ?? invoice.id
  return {
    line: {
      id: `/providers/Tenantry.Billing/invoices/${name}/lines/${line.lineNumber}`,
      cutoffBatch: invoice.cutoffBatch.toString(),
      eventQuantity,
      ...line,
    },
    value: events.map((event) => ({
      source: event.source,
      id: event.id,
      type: event.type,
      reporterTenantId: event.reporterTenantId,
      subject: event.subject,
      usageAt: event.usageAt.toISOString(),
      usageEndAt: event.usageEndAt?.toISOString() ?? null,
      reportedAt: event.reportedAt.toISOString(),
      kind: event.kind,
      quantity: event.quantity,
      disposition: event.disposition.kind,
      reason: event.disposition.reason ?? null,
      route: {
        linkId: event.route.linkId,
        subscriptionId: event.route.subscriptionId,
        model: event.route.model,
        placementId: event.route.placementId?.toString() ?? null,
        groupingKey: event.route.groupingKey,
      },
    })),
  }
}
