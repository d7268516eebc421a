/** Facts hold during [fromMs, toMs); milliseconds, because they are asked for each event. */
export interface During {
  readonly fromMs: number
  readonly toMs: number
}

/** A period as a query selects it; null where it has no bound. */
export interface PeriodRow {
  readonly valid_from: Date | null
  readonly valid_to: Date | null
}

export function duringOf({ valid_from, valid_to }: PeriodRow): During {
  return { fromMs: valid_from?.getTime() ?? -Infinity, toMs: valid_to?.getTime() ?? Infinity }
}

export function holdsAt({ fromMs, toMs }: During, atMs: number): boolean {
  return fromMs <= atMs && atMs < toMs
}
