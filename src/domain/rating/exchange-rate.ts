import { type BillingPeriod, startOfPeriod, type UsageDay, usageDayOf } from './billing-period.ts'
import type { Currency } from './currency.ts'

/** One unit of `from` is `rate` units of `to`, for a whole month; printed on the invoice with its day (DEC-36). */
export interface ExchangeRate {
  readonly from: Currency
  readonly to: Currency
  readonly rate: string
  readonly day: UsageDay
}

const dayMs = 86_400_000
const businessDaysBeforeStart = 2

/** The day whose rate holds for the month: two business days, Monday to Friday, before it starts (DEC-36). */
export function exchangeRateDayOf(period: BillingPeriod): UsageDay {
  let day = startOfPeriod(period)
  for (let left = businessDaysBeforeStart; left > 0; ) {
    day = new Date(day.getTime() - dayMs)
    const isWeekend = day.getUTCDay() === 0 || day.getUTCDay() === 6
    if (!isWeekend) left -= 1
  }
  return usageDayOf(day)
}
