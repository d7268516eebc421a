/** The failed sign-ins of one account or one address. */
export interface SignInFailures {
  readonly count: number
  readonly lastAt: Date
  readonly blockedUntil: Date | null
}

export interface ThrottleLimits {
  /** Failures in a row before the first pause. */
  readonly free: number
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** After this long without a failure they are forgotten. */
  readonly forgottenAfterMs: number
}

/** TRUST S17. Ten guesses at an account, then one in a minute, in two, in four … in an hour. */
export const accountLimits: ThrottleLimits = {
  free: 10,
  firstPauseMs: 60_000,
  longestPauseMs: 3_600_000,
  forgottenAfterMs: 24 * 3_600_000,
}

/** An address may be that of many people, so it has more of them; it is what stops one guess at each of many accounts. */
export const addressLimits: ThrottleLimits = {
  free: 100,
  firstPauseMs: 60_000,
  longestPauseMs: 900_000,
  forgottenAfterMs: 3_600_000,
}

export function afterFailure(before: SignInFailures | undefined, limits: ThrottleLimits, at: Date): SignInFailures {
  const isForgotten = before === undefined || at.getTime() - before.lastAt.getTime() > limits.forgottenAfterMs
  const count = (isForgotten ? 0 : before.count) + 1
  const over = count - limits.free
  if (over < 0) return { count, lastAt: at, blockedUntil: null }
  const pauseMs = Math.min(limits.longestPauseMs, limits.firstPauseMs * 2 ** Math.min(over, 30))
  return { count, lastAt: at, blockedUntil: new Date(at.getTime() + pauseMs) }
}

/** How long to wait; nothing when a sign-in may be tried. */
export function secondsToWait(failures: SignInFailures | undefined, at: Date): number | undefined {
  const leftMs = (failures?.blockedUntil?.getTime() ?? 0) - at.getTime()
  return leftMs > 0 ? Math.ceil(leftMs / 1000) : undefined
}
