import { notFound } from '../domain/refusal.ts'
import { type BillingAccount, findBillingAccount } from '../store/billing-account.ts'
import type { OperationContext } from './context.ts'

/** For the operator, who holds no billing role and serves every account; authorise before calling it. */
export async function findAnyAccount(context: OperationContext, name: string): Promise<BillingAccount> {
  const account = await findBillingAccount(context.db, name)
  if (!account) throw notFound('BillingAccountNotFound', `The billing account '${name}' could not be found.`)
  return account
}
