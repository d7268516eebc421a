import { type BillingPeriod, endOfPeriod, startOfPeriod } from '../rating/billing-period.ts'
import type { BillingModel } from './authentication-model.ts'

/** The link and model that hold for an identity tenant during [from, to); no two of a tenant overlap (MAU-3). */
export interface LinkPeriod {
  readonly linkId: string
  readonly subscriptionId: string
  readonly model: BillingModel
  readonly from: Date
  readonly to: Date | null
}

/** Half-open: an event in the instant of a change belongs to what begins then (DEC-5). */
export function findLinkPeriodAt(periods: readonly LinkPeriod[], instant: Date): LinkPeriod | undefined {
  return periods.find(({ from, to }) => from <= instant && (to === null || instant < to))
}

export interface ModelInterval {
  readonly linkId: string
  readonly subscriptionId: string
  readonly model: BillingModel
  readonly from: Date
  readonly to: Date
}

/** The from and to that each line of a statement names; two for a link whose model changed in the month (MAU-24, INV-10). */
export function modelIntervalsIn(period: BillingPeriod, periods: readonly LinkPeriod[]): readonly ModelInterval[] {
  const start = startOfPeriod(period)
  const end = endOfPeriod(period)
  const clipped = periods
    .map(({ linkId, subscriptionId, model, from, to }) => ({
      linkId,
      subscriptionId,
      model,
      from: from > start ? from : start,
      to: to !== null && to < end ? to : end,
    }))
    .filter(({ from, to }) => from < to)
    .toSorted((a, b) => a.from.getTime() - b.from.getTime())
  const intervals: ModelInterval[] = []
  for (const next of clipped) {
    const last = intervals.at(-1)
    const continues =
      last?.linkId === next.linkId &&
      last.subscriptionId === next.subscriptionId &&
      last.model === next.model &&
      last.to.getTime() === next.from.getTime()
    if (last && continues) intervals[intervals.length - 1] = { ...last, to: next.to }
    else intervals.push(next)
  }
  return intervals
}
