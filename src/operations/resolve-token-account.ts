import { isStillSignedIn } from '../domain/directory/sign-in-session.ts'
import { type Refused, refusedBecause } from '../domain/directory/sign-in-refusal.ts'
import { findExternalTokenAccount, findTokenAccount, type TokenAccount } from '../store/token-account.ts'
import type { OperationContext } from './context.ts'

export interface Person {
  readonly tenantId: string
  readonly objectId: string
}

export type ResolvedAccount =
  | { readonly kind: 'account'; readonly account: TokenAccount; readonly home: TokenAccount }
  | Refused

/**
 * Who a person that signed in at home is in a tenant (TEN-7). It asks both accounts each time, so that whatever was
 * revoked since, at home or there, holds from the next token on.
 */
export async function resolveTokenAccount(
  context: OperationContext,
  person: Person,
  tenantId: string,
  authenticatedAt: Date,
): Promise<ResolvedAccount> {
  const home = await findTokenAccount(context.db, person.tenantId, person.objectId)
  if (!home?.isEnabled) return refusedBecause('user_disabled')
  if (!isStillSignedIn(authenticatedAt, home.sessionsValidFrom)) return refusedBecause('sign_in_again')
  if (tenantId === person.tenantId) return { kind: 'account', account: home, home }
  // TEN-9: a consumer is one in the identity tenant alone.
  if (home.accountClass === 'consumer') return refusedBecause('consumer_not_allowed')
  const account = await findExternalTokenAccount(context.db, tenantId, person)
  if (!account) return refusedBecause('user_not_in_tenant')
  if (account.isPending) return refusedBecause('user_pending')
  if (!account.isEnabled) return refusedBecause('user_disabled')
  if (!isStillSignedIn(authenticatedAt, account.sessionsValidFrom)) return refusedBecause('sign_in_again')
  return { kind: 'account', account, home }
}
