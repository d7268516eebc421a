/** The wire's names: `Pending` waits for the recipient, `InProgress` is being carried out (OWN-6). */
export type TransferStatus =
  | 'Pending'
  | 'InProgress'
  | 'Completed'
  | 'CompletedWithErrors'
  | 'Expired'
  | 'Canceled'
  | 'Declined'

/** OWN-6: which states follow which. A state that nothing follows is final; the database has the same table. */
export const transferTransitions: Readonly<Record<TransferStatus, readonly TransferStatus[]>> = {
  Pending: ['InProgress', 'Expired', 'Canceled', 'Declined'],
  InProgress: ['Completed', 'CompletedWithErrors'],
  Completed: [],
  CompletedWithErrors: [],
  Expired: [],
  Canceled: [],
  Declined: [],
}

export interface TransferState {
  readonly status: TransferStatus
  readonly expiresAt: Date
}

/** OWN-7: a request that waits has expired at its instant, whether or not anything has noted it yet. */
export function transferStatusAt(transfer: TransferState, now: Date): TransferStatus {
  return transfer.status === 'Pending' && now >= transfer.expiresAt ? 'Expired' : transfer.status
}

export type TransferAnswer = 'InProgress' | 'Canceled' | 'Declined'

export type AnswerDecision =
  | { readonly kind: 'answered' }
  /** The same answer was given before. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'refused'; readonly code: 'TransferExpired' | 'TransferNotPending'; readonly message: string }

/** Accepting, cancelling and declining are possible while the request waits, and until it expires (OWN-6, OWN-7). */
export function decideTransferAnswer(
  transfer: TransferState,
  answer: TransferAnswer,
  now: Date,
  isSameAsBefore: boolean,
): AnswerDecision {
  const status = transferStatusAt(transfer, now)
  if (transferTransitions[status].includes(answer)) return { kind: 'answered' }
  const isDone = answer === 'InProgress' ? status.startsWith('Completed') : status === answer
  if (isDone && isSameAsBefore) return { kind: 'repeated' }
  if (status === 'Expired')
    return {
      kind: 'refused',
      code: 'TransferExpired',
      message: `The transfer request expired at ${transfer.expiresAt.toISOString()}. Ask for a new request.`,
    }
  return {
    kind: 'refused',
    code: 'TransferNotPending',
    message: `The transfer request is ${status} and stays so. Make a new request for anything else.`,
  }
}

/** The edition of the terms in docs/guide/billing-ownership.md, which both sides agree to (OWN-11). */
export const transferTermsVersion = '2026-11-01'

/** OWN-14, DEC-16: so long a partner has to answer another one. */
export const partnerTransferDays = 30

/** A name that can stand in a URL; the recipient finds the request by it alone, so it is unique in the installation. */
export const isTransferName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)
