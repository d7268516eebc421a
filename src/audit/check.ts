/** One promise: how many things it was looked at on, and the sentence for each thing that breaks it. */
export interface Check {
  /** The invariant, as docs/rules.md numbers it. */
  readonly id: string
  readonly claim: string
  /** One row with `examined`. */
  readonly examined: string
  /** Rows with `violation`; a limit is put behind it. */
  readonly violations: string
}

export interface CheckResult {
  readonly id: string
  readonly claim: string
  readonly examined: number
  readonly isKept: boolean
  readonly violations: readonly string[]
}
