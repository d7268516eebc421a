import { type During, duringOf, type PeriodRow } from './during.ts'
import type { Sql } from './sql.ts'

/** When each subscription was cancelled (SUB-8), in order of time; the periods of one never overlap. */
export type Cancellations = ReadonlyMap<string, readonly During[]>

export async function loadCancellations(sql: Sql, subscriptionIds: readonly string[]): Promise<Cancellations> {
  if (subscriptionIds.length === 0) return new Map()
  const rows = await sql<PeriodRow & { subscription_id: string }>(
    `select subscription_id, lower(during) as valid_from, upper(during) as valid_to
     from subscription_cancellation where subscription_id = any($1::uuid[]) order by 2`,
    [subscriptionIds],
  )
  const found = new Map<string, During[]>()
  for (const row of rows) found.set(row.subscription_id, [...(found.get(row.subscription_id) ?? []), duringOf(row)])
  return found
}

/** The period cut where a cancellation begins or ends, in order and without gaps. */
export function splitByCancellations<T extends During>(
  period: T,
  cancellations: readonly During[],
): (T & { readonly isCancelled: boolean })[] {
  const parts: (T & { readonly isCancelled: boolean })[] = []
  let fromMs = period.fromMs
  const addUntil = (toMs: number, isCancelled: boolean) => {
    if (toMs > fromMs) parts.push({ ...period, fromMs, toMs, isCancelled })
    fromMs = Math.max(fromMs, toMs)
  }
  for (const cancellation of cancellations) {
    addUntil(Math.min(cancellation.fromMs, period.toMs), false)
    addUntil(Math.min(cancellation.toMs, period.toMs), true)
  }
  addUntil(period.toMs, false)
  return parts
}
