import { billingAccountId } from '../domain/billing/billing-ids.ts'
import { allowsOtherTenants, setAllowsOtherTenants } from '../store/subscription-creation-request.ts'
import { lockBillingAccount } from '../store/billing-account.ts'
import { appendAudit } from './audit.ts'
import { requireAccount } from './billing-access.ts'
import type { OperationContext } from './context.ts'

export interface AccountCreationPolicy {
  readonly billingAccountName: string
  readonly allowsOtherTenants: boolean
}

/** SUB-4: whether subscriptions that the account pays for may be created in other tenants. */
export async function readCreationPolicy(context: OperationContext, name: string): Promise<AccountCreationPolicy> {
  const { account } = await requireAccount(context, 'A3', name)
  return {
    billingAccountName: account.name,
    allowsOtherTenants: await allowsOtherTenants(context.db, account.name),
  }
}

/** The same again leaves no trace. Requests that are open can no more be accepted once it is off. */
export async function putCreationPolicy(
  context: OperationContext,
  name: string,
  allows: boolean,
): Promise<AccountCreationPolicy> {
  const { account } = await requireAccount(context, 'A4', name)
  await lockBillingAccount(context.db, account.name)
  const before = await allowsOtherTenants(context.db, account.name)
  if (before !== allows) {
    await setAllowsOtherTenants(context.db, account.name, allows, context.caller.objectId, context.now)
    await appendAudit(context, {
      action: 'Microsoft.Billing/billingAccounts/write',
      scope: `${billingAccountId(account.name)}/providers/Tenantry.Billing/creationPolicy/default`,
      before: { allowsOtherTenants: before },
      after: { allowsOtherTenants: allows },
    })
  }
  return { billingAccountName: account.name, allowsOtherTenants: allows }
}
