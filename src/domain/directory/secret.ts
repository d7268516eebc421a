import { invalid } from '../refusal.ts'

/** Enough to tell one's secrets apart in a list, too little to help a guess. */
export const secretHint = (secret: string): string => secret.slice(0, 3)

const defaultYears = 2

/** From when until when a client secret is good: two years unless said otherwise, and never a period that is over. */
export function secretPeriod(
  asked: { startAt?: Date | undefined; endAt?: Date | undefined },
  now: Date,
): { startAt: Date; endAt: Date } {
  const startAt = asked.startAt ?? now
  const endAt = asked.endAt ?? yearsAfter(startAt, defaultYears)
  if (endAt <= startAt || endAt <= now)
    throw invalid(
      'Request_BadRequest',
      `The secret would end at ${endAt.toISOString()}, which is not after its start and the present. Give a later endDateTime.`,
      'passwordCredential.endDateTime',
    )
  return { startAt, endAt }
}

function yearsAfter(from: Date, years: number): Date {
  const to = new Date(from)
  to.setUTCFullYear(from.getUTCFullYear() + years)
  return to
}
