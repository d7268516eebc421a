/** A calendar month in UTC, `YYYY-MM`: the half-open interval from its first midnight to the next month's (DEC-1 to DEC-3). */
export type BillingPeriod = `${number}-${number}`

/** A calendar day in UTC, `YYYY-MM-DD`. */
export type UsageDay = `${number}-${number}-${number}`

/** How long a month stays open for late usage after its end (INV-4, DEC-8). */
export const defaultGraceHours = 72

const dayNotation = /^[1-9]\d{3}-\d{2}-\d{2}$/
const hourMs = 3_600_000

export function findBillingPeriod(text: string): BillingPeriod | undefined {
  return isBillingPeriod(text) ? text : undefined
}

export function getBillingPeriod(text: string): BillingPeriod {
  const period = findBillingPeriod(text)
  if (!period) throw new RangeError(`Not a billing period (YYYY-MM): ${JSON.stringify(text)}`)
  return period
}

/** Undefined for a text that is no day of the calendar, such as 2026-02-29. */
export function findUsageDay(text: string): UsageDay | undefined {
  return isUsageDay(text) ? text : undefined
}

export function periodOf(instant: Date): BillingPeriod {
  return getBillingPeriod(instant.toISOString().slice(0, 7))
}

export function usageDayOf(instant: Date): UsageDay {
  const day = findUsageDay(instant.toISOString().slice(0, 10))
  if (!day) throw new RangeError(`Outside the calendar of billing: ${instant.toISOString()}`)
  return day
}

export function periodOfDay(day: string): BillingPeriod {
  return getBillingPeriod(day.slice(0, 7))
}

export function startOfPeriod(period: BillingPeriod): Date {
  return new Date(`${getBillingPeriod(period)}-01T00:00:00.000Z`)
}

/** The first instant that is no longer in the month. */
export function endOfPeriod(period: BillingPeriod): Date {
  const start = startOfPeriod(period)
  return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1))
}

/** From this instant on the month takes no more usage; what comes later is an adjustment of a later invoice (DEC-7, DEC-8). */
export function closesAt(period: BillingPeriod, graceHours: number = defaultGraceHours): Date {
  return new Date(endOfPeriod(period).getTime() + graceHours * hourMs)
}

export function nextPeriod(period: BillingPeriod): BillingPeriod {
  return periodOf(endOfPeriod(period))
}

export function previousPeriod(period: BillingPeriod): BillingPeriod {
  return periodOf(new Date(startOfPeriod(period).getTime() - 1))
}

export function isInPeriod(period: BillingPeriod, instant: Date): boolean {
  return startOfPeriod(period) <= instant && instant < endOfPeriod(period)
}

export function isDayInPeriod(period: BillingPeriod, day: string): boolean {
  if (!dayNotation.test(day) || !day.startsWith(period)) return false
  const dayOfMonth = Number(day.slice(8))
  return dayOfMonth >= 1 && dayOfMonth <= daysIn(period)
}

export function firstDayOf(period: BillingPeriod): UsageDay {
  return usageDayOf(startOfPeriod(period))
}

export function lastDayOf(period: BillingPeriod): UsageDay {
  return usageDayOf(new Date(endOfPeriod(period).getTime() - 1))
}

/** Actual days of the month, by which fixed fees are prorated (DEC-32). */
export function daysIn(period: BillingPeriod): number {
  // Day 0 of the next month is the last day of this one.
  return new Date(Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5)), 0)).getUTCDate()
}

export function isFirstDayOfMonth(day: string): boolean {
  return day.endsWith('-01')
}

function isBillingPeriod(text: string): text is BillingPeriod {
  return /^[1-9]\d{3}-(?:0[1-9]|1[0-2])$/.test(text)
}

function isUsageDay(text: string): text is UsageDay {
  if (!dayNotation.test(text)) return false
  const start = new Date(`${text}T00:00:00.000Z`)
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(text)
}
