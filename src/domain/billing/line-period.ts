import { type BillingPeriod, endOfPeriod, startOfPeriod } from '../rating/billing-period.ts'
import type { LineKind } from '../rating/line-key.ts'
import type { InvoicedLink } from './invoice-facts.ts'

export interface Span {
  readonly from: Date
  readonly to: Date
}

/**
 * From when to when a line's quantity was counted, half-open: the month, cut to when the link held and, for what a
 * metering model counts, to when that model did (MAU-24). Both lines of a transition month meet in the change.
 */
export function periodOfLine(
  line: { readonly lineKind: LineKind; readonly subscriptionId: string },
  priced: Span,
  link: InvoicedLink | undefined,
): Span {
  if (!link) return priced
  const held = link.held.filter(({ subscriptionId }) => subscriptionId === line.subscriptionId)
  const inLink = cut(priced, held)
  const model = modelOf(line.lineKind)
  return model
    ? cut(
        inLink,
        link.models.filter((metered) => metered.model === model),
      )
    : inLink
}

/**
 * The part of a span in which the payer was answerable, by reported time (INV-11): it ends where the next payer began,
 * and it begins with the payer, but for late usage, whose true day is shown.
 */
export function periodOfPayer(
  span: Span,
  paid: readonly { readonly from: Date; readonly to: Date | null }[],
  earliestUsage: Date,
): Span {
  const starts = paid.map(({ from }) => from.getTime())
  const ends = paid.map(({ to }) => to?.getTime() ?? Infinity)
  if (starts.length === 0) return span
  const from = new Date(Math.max(span.from.getTime(), Math.min(...starts, earliestUsage.getTime())))
  const to = new Date(Math.min(span.to.getTime(), Math.max(...ends)))
  return from < to ? { from, to } : span
}

/** The instant inside the month at which the link changed to active users; undefined in any other month (INV-10). */
export function transitionOf(period: BillingPeriod, link: InvoicedLink): Date | undefined {
  const start = startOfPeriod(period)
  const end = endOfPeriod(period)
  return link.models.find(
    ({ model, from }) =>
      model === 'mau' &&
      from > start &&
      from < end &&
      link.models.some((before) => before.model === 'perAuthentication' && before.to?.getTime() === from.getTime()),
  )?.from
}

export function monthSpan(period: BillingPeriod): Span {
  return { from: startOfPeriod(period), to: endOfPeriod(period) }
}

function modelOf(lineKind: LineKind): 'perAuthentication' | 'mau' | undefined {
  if (lineKind === 'authentications') return 'perAuthentication'
  return lineKind === 'monthlyActiveUsers' || lineKind === 'localResidency' ? 'mau' : undefined
}

/** What the spans have in common with the whole; the whole when they have nothing. */
function cut(whole: Span, spans: readonly { readonly from: Date; readonly to: Date | null }[]): Span {
  let from: Date | undefined
  let to: Date | undefined
  for (const span of spans) {
    const start = span.from > whole.from ? span.from : whole.from
    const end = span.to && span.to < whole.to ? span.to : whole.to
    if (start >= end) continue
    if (!from || start < from) from = start
    if (!to || end > to) to = end
  }
  return from && to ? { from, to } : whole
}
