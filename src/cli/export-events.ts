import { csvCell } from '../domain/csv-cell.ts'
import type { Timers } from '../domain/ports.ts'
import { readPages } from './list-pages.ts'
import type { Session } from './session.ts'

type ReportedEvent = Readonly<Record<string, unknown>> & { readonly route: Readonly<Record<string, unknown>> }

const pageSize = 10_000
const spanMsMin = 60_000
const spanMsMax = 30 * 86_400_000

const ofEvent = [
  'reportedAt',
  'batchId',
  'reporterTenantId',
  'source',
  'id',
  'type',
  'subject',
  'usageAt',
  'usageEndAt',
  'identityTenantId',
  'kind',
  'userType',
  'outcome',
  'location',
  'meterId',
  'quantity',
  'disposition',
  'reason',
] as const
const ofRoute = ['subscriptionId', 'linkId', 'model', 'placementId', 'groupingKey'] as const
const header = `${[...ofEvent, ...ofRoute, 'tags'].join(',')}\r\n`

/**
 * Writes the events in the order of their usage time. The server sorts what it has of a span for each page, so the
 * span asked for follows how dense the events are: about a page.
 */
export async function exportEvents(
  session: Session,
  timers: Timers,
  options: { readonly from: Date; readonly to: Date; readonly format: 'ndjson' | 'csv' },
  write: (text: string) => Promise<void>,
  onProgress: (count: number, reached: Date) => void,
): Promise<number> {
  if (options.format === 'csv') await write(header)
  let count = 0
  let spanMs = 3_600_000
  for (let from = options.from; from < options.to; ) {
    const to = new Date(Math.min(from.getTime() + spanMs, options.to.getTime()))
    const range = `from=${from.toISOString()}&to=${to.toISOString()}`
    const path = `/providers/Tenantry.Metering/reportedEvents?api-version=2026-11-01&${range}&$top=${pageSize}`
    let ofSpan = 0
    let text = ''
    for await (const event of readPages<ReportedEvent>(session, timers, path)) {
      text += options.format === 'csv' ? toCsvRow(event) : `${JSON.stringify(event)}\n`
      if (++ofSpan % 1000 === 0) {
        await write(text)
        text = ''
      }
    }
    await write(text)
    count += ofSpan
    onProgress(count, to)
    from = to
    if (ofSpan > pageSize) spanMs = Math.max(spanMsMin, spanMs / 2)
    else if (ofSpan < pageSize / 2) spanMs = Math.min(spanMsMax, spanMs * 2)
  }
  return count
}

function toCsvRow(event: ReportedEvent): string {
  const cells = [
    ...ofEvent.map((name) => csvCell(textOf(event[name]), name === 'quantity' || name === 'batchId')),
    ...ofRoute.map((name) => csvCell(textOf(event.route[name]), name === 'placementId')),
    csvCell(JSON.stringify(event.tags), false),
  ]
  return `${cells.join(',')}\r\n`
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null
