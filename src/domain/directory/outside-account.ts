import type { OutsideIdentity } from '../ports.ts'
import type { OutsideProvider } from './outside-provider.ts'
import type { UserAccount } from './user-account.ts'

export type OutsideRefusal = 'unknown' | 'subjectTaken' | 'disabled'

export type OutsideDecision =
  | { readonly kind: 'signIn'; readonly account: UserAccount }
  | { readonly kind: 'signUp' }
  | { readonly kind: 'refused'; readonly refusal: OutsideRefusal }

/** The account is bound to this subject of this issuer, to the letter: what differs in case is somebody else. */
export const isBoundTo = (
  account: Pick<UserAccount, 'identities'>,
  { issuer, subject }: Pick<OutsideIdentity, 'issuer' | 'subject'>,
): boolean =>
  account.identities.some(
    (identity) =>
      identity.signInType === 'federated' && identity.issuer === issuer && identity.issuerAssignedId === subject,
  )

/**
 * Who somebody that an issuer vouches for is in a tenant. Only issuer and subject say so: an address can be given to
 * somebody else, and another provider can claim it (TEN-9). `nearest` is who has that identity when case is left out.
 */
export function decideOutsideAccount(
  identity: OutsideIdentity,
  nearest: UserAccount | undefined,
  provider: Pick<OutsideProvider, 'allowsSignUp'>,
): OutsideDecision {
  if (nearest && !isBoundTo(nearest, identity)) return { kind: 'refused', refusal: 'subjectTaken' }
  if (!nearest) return provider.allowsSignUp ? { kind: 'signUp' } : { kind: 'refused', refusal: 'unknown' }
  return nearest.accountEnabled ? { kind: 'signIn', account: nearest } : { kind: 'refused', refusal: 'disabled' }
}
