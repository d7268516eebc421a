import { conflict } from '../refusal.ts'

/** SUB-5, SUB-26. `Disabled` is a cancelled subscription, or one whose payer let it lapse. */
export type SubscriptionState = 'Active' | 'Warned' | 'PastDue' | 'Disabled' | 'Expired' | 'Deleted' | 'Suspended'

type SubscriptionEvent =
  | 'warn'
  | 'becomePastDue'
  | 'lapse'
  | 'settle'
  | 'expire'
  | 'cancel'
  | 'enable'
  | 'suspend'
  | 'resume'
  | 'delete'

interface Transition {
  readonly from: readonly SubscriptionState[]
  readonly to: SubscriptionState
}

/** BIL-23 drives the first four, the Owner the cancelling and enabling, a partner the suspension (PAR-25). */
const transitions: Record<SubscriptionEvent, Transition> = {
  warn: { from: ['Active'], to: 'Warned' },
  becomePastDue: { from: ['Active', 'Warned'], to: 'PastDue' },
  lapse: { from: ['Warned', 'PastDue'], to: 'Disabled' },
  settle: { from: ['Warned', 'PastDue', 'Disabled'], to: 'Active' },
  expire: { from: ['Active', 'Warned', 'PastDue'], to: 'Expired' },
  cancel: { from: ['Active', 'Warned', 'PastDue', 'Expired'], to: 'Disabled' },
  enable: { from: ['Disabled', 'Expired'], to: 'Active' },
  suspend: { from: ['Active', 'Warned', 'PastDue'], to: 'Suspended' },
  resume: { from: ['Suspended'], to: 'Active' },
  delete: { from: ['Disabled', 'Expired'], to: 'Deleted' },
}

export const subscriptionEvents = Object.keys(transitions) as readonly SubscriptionEvent[]

/** Undefined where the state does not allow the event. */
export function stateAfter(state: SubscriptionState, event: SubscriptionEvent): SubscriptionState | undefined {
  const { from, to } = transitions[event]
  return from.includes(state) ? to : undefined
}

interface LifecycleFacts {
  readonly id: string
  readonly state: SubscriptionState
  readonly cancelledAt: Date | null
}

/** SUB-8: whatever can still be used can be cancelled. */
export function decideCancel(subscription: LifecycleFacts): SubscriptionState {
  const next = stateAfter(subscription.state, 'cancel')
  if (next) return next
  throw conflict(
    'SubscriptionNotCancellable',
    `The subscription '${subscription.id}' is ${subscription.state} and cannot be cancelled.`,
  )
}

/** Only who cancelled enables again; what is disabled for an unpaid invoice comes back with its payment (BIL-23). */
export function decideEnable(subscription: LifecycleFacts, payerStatus = 'Active'): SubscriptionState {
  const next = stateAfter(subscription.state, 'enable')
  const mayPay = payerStatus === 'Active' || payerStatus === 'Warned'
  if (next && subscription.cancelledAt !== null && mayPay) return next
  if (next && !mayPay && payerStatus !== 'PastDue')
    throw conflict(
      'SubscriptionNotEligibleForEnable',
      `The billing profile of the subscription '${subscription.id}' is ${payerStatus}, so nobody would pay. Create a new subscription on an active profile.`,
    )
  throw conflict(
    'SubscriptionNotEligibleForEnable',
    next && payerStatus === 'PastDue'
      ? `The billing profile of the subscription '${subscription.id}' has unpaid invoices. Pay what is due, then enable the subscription.`
      : next
        ? `The subscription '${subscription.id}' is ${subscription.state} but was not cancelled. Pay what is due on its billing profile, or give it another offer.`
        : `The subscription '${subscription.id}' is ${subscription.state}; only a cancelled subscription can be enabled.`,
  )
}

/** PAR-25: the partner who sells it stops and lets go on what its customer uses; the data stays, and so does the bill. */
export function decideSuspension(
  subscription: Pick<LifecycleFacts, 'id' | 'state'>,
  event: 'suspend' | 'resume',
): SubscriptionState {
  const next = stateAfter(subscription.state, event)
  if (next) return next
  throw conflict(
    event === 'suspend' ? 'SubscriptionNotSuspendable' : 'SubscriptionNotSuspended',
    `The subscription '${subscription.id}' is ${subscription.state} and cannot be ${event === 'suspend' ? 'suspended' : 'resumed'}.`,
  )
}

/** The five states that Azure's clients know. */
type WireSubscriptionState = 'Enabled' | 'Warned' | 'PastDue' | 'Disabled' | 'Deleted'

const onTheWire: Record<SubscriptionState, WireSubscriptionState> = {
  Active: 'Enabled',
  Warned: 'Warned',
  PastDue: 'PastDue',
  Disabled: 'Disabled',
  Expired: 'Disabled',
  Suspended: 'Disabled',
  Deleted: 'Deleted',
}

export const toWireState = (state: SubscriptionState): WireSubscriptionState => onTheWire[state]

const dayMs = 86_400_000
/** SUB-8: data is kept so long, free of charge, then the subscription is deleted. */
const daysKeptAfterCancel = 90

export const deletionDueAt = (cancelledAt: Date): Date => new Date(cancelledAt.getTime() + daysKeptAfterCancel * dayMs)

/** The latest cancelling whose data is no longer kept at `at`. */
export const keptSince = (at: Date): Date => new Date(at.getTime() - daysKeptAfterCancel * dayMs)
