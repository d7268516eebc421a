import type { SubscriptionState } from '../resource/subscription-state.ts'

/** How far a payer is behind: not at all, past due, or past due for so long that its subscriptions are disabled. */
export type Arrears = 'none' | 'pastDue' | 'lapsed'

export interface HoldFacts {
  readonly state: SubscriptionState
  readonly cancelledAt: Date | null
  readonly stateBefore: 'Active' | 'Warned'
  readonly disabledAt: Date | null
}

/**
 * What a held subscription becomes when its payer's arrears change (BIL-23); undefined when it stays what it is. What
 * was cancelled, deleted or disabled for another reason in the meantime is left alone.
 */
export function stateUnderArrears(hold: HoldFacts, arrears: Arrears): SubscriptionState | undefined {
  const isDisabledByHold = hold.state === 'Disabled' && hold.cancelledAt === null && hold.disabledAt !== null
  if (hold.state !== 'PastDue' && !isDisabledByHold) return undefined
  const wanted = { none: hold.stateBefore, pastDue: 'PastDue', lapsed: 'Disabled' } as const
  return wanted[arrears] === hold.state ? undefined : wanted[arrears]
}
