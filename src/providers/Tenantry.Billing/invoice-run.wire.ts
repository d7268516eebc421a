import type { InvoiceRunReport } from '../../operations/run-invoices.ts'

export const runId = (period: string): string => `/providers/Tenantry.Billing/invoiceRuns/${period}`

export function toWireRun({ run, parked, unpriced }: InvoiceRunReport) {
  return {
    id: runId(run.period),
    name: run.period,
    type: 'Tenantry.Billing/invoiceRuns',
    properties: {
      period: run.period,
      provisioningState: run.finishedAt ? 'Succeeded' : 'Running',
      startedAt: run.startedAt.toISOString(),
      finishedAt: run.finishedAt?.toISOString() ?? null,
      cutoffBatch: run.cutoffBatch?.toString() ?? null,
      progress: {
        profilesTotal: run.profilesTotal,
        profilesDone: run.profilesDone,
        lines: Number(run.lineCount),
      },
      parked: parked.map(({ profile, code, message, parkedAt }) => ({
        billingProfileName: profile,
        error: { code, message },
        parkedAt: parkedAt.toISOString(),
      })),
      unpriced: unpriced.map(({ profile, ...usage }) => ({ billingProfileName: profile, ...usage })),
    },
  }
}
