/** A stream of chance that a seed replays (mulberry32). */
export interface Chance {
  /** From 0 up to but not including `below`. */
  int(below: number): number
  between(least: number, most: number): number
  happens(probability: number): boolean
  pick<T>(items: readonly T[]): T
  shuffle<T>(items: readonly T[]): T[]
}

export function chanceOf(seed: number): Chance {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const int = (below: number): number => Math.floor(next() * below)
  return {
    int,
    between: (least, most) => least + int(most - least + 1),
    happens: (probability) => next() < probability,
    pick: (items) => items[int(items.length)]!,
    shuffle(items) {
      const shuffled = [...items]
      for (let at = shuffled.length - 1; at > 0; at--) {
        const other = int(at + 1)
        ;[shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!]
      }
      return shuffled
    },
  }
}

/** Seeds of a run: those named in TENANTRY_SEEDS (`7`, `1,2,3`, `100-199`), else the first so many. */
export function seedsToRun(count: number, first = 1): number[] {
  const named = process.env.TENANTRY_SEEDS
  if (named === undefined || named === '') return Array.from({ length: count }, (_, index) => first + index)
  return named.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })
}
