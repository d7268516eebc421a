import { findNamedPeriod } from '../domain/billing/cost-window.ts'
import { invalid } from '../domain/refusal.ts'
import type { BillingAccount } from '../store/billing-account.ts'
import type { BillingProfile } from '../store/billing-profile.ts'
import { requireAccount, requireProfile } from './billing-access.ts'
import type { OperationContext } from './context.ts'

/**
 * The account whose prepaid balance is asked for. Nothing is paid in advance here, so the balance is zero and there are
 * no lots and no events of it; only who may ask has to be decided.
 */
export async function authorizeBalance(
  context: OperationContext,
  accountName: string,
  periodName?: string,
): Promise<BillingAccount> {
  const { account } = await requireAccount(context, 'A9', accountName)
  if (periodName !== undefined && !findNamedPeriod(periodName))
    throw invalid('InvalidBillingPeriod', `'${periodName}' is not a billing period. Write it as 202610.`, 'scope')
  return account
}

/** The profile whose credit is asked for (P17). */
export async function authorizeCredit(
  context: OperationContext,
  accountName: string,
  profileName: string,
): Promise<BillingProfile> {
  return (await requireProfile(context, 'P17', accountName, profileName)).profile
}
