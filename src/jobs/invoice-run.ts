import { invoiceDownloadKind, invoiceDownloadWorker } from '../operations/download-invoice.ts'
import type { LongRunningWorker } from '../operations/long-running.ts'
import { invoicePreviewKind, invoicePreviewWorker } from '../operations/preview-invoice.ts'
import { invoiceRunKind, invoiceRunWorker } from '../operations/run-invoices.ts'

type Pool = Parameters<typeof invoiceRunWorker>[0]

/** What goes on after the answer to a request for invoices, by kind of operation. */
export function invoiceRunWorkers(pool: Pool): readonly (readonly [string, LongRunningWorker])[] {
  return [
    [invoiceRunKind, invoiceRunWorker(pool)],
    [invoiceDownloadKind, invoiceDownloadWorker],
    [invoicePreviewKind, invoicePreviewWorker(pool)],
  ]
}
