import { listServiceTenants } from '../store/billing-subscription.ts'
import { requireAccount } from './billing-access.ts'
import type { OperationContext } from './context.ts'

export interface ServiceTenants {
  readonly billingAccountName: string
  readonly tenants: readonly { readonly id: string; readonly displayName: string }[]
}

/** The account's own tenant first, then those of the subscriptions that it pays for (SUB-2: the two may differ). */
export async function readServiceTenants(context: OperationContext, name: string): Promise<ServiceTenants> {
  const { account } = await requireAccount(context, 'A3', name)
  const tenants = await listServiceTenants(context.db, account.name, context.now)
  return { billingAccountName: account.name, tenants }
}
