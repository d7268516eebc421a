import { notFound, type Refusal } from '../domain/refusal.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import type { EnabledPlan } from '../store/billing-profile.ts'
import { type BillingSubscription, listBillingSubscriptions } from '../store/billing-subscription.ts'
import { type Customer, type CustomerFilter, findCustomer, listCustomers } from '../store/customer.ts'
import { findPartnerOfAccount, type Partner } from '../store/partner.ts'
import { requireAccount, requireProfile } from './billing-access.ts'
import type { OperationContext } from './context.ts'

export interface BillingCustomer {
  readonly account: string
  /** The profile asked for, or else the one that the customer pays through where nothing else is said. */
  readonly profile: string | null
  readonly enabledPlans: readonly EnabledPlan[]
  readonly customer: Customer
}

/** The customers of a partner's account, or those who pay through one profile of it; other accounts have none. */
export async function listBillingCustomers(
  context: OperationContext,
  scope: { readonly account: string; readonly profile: string | undefined },
  filter: Pick<CustomerFilter, 'companyNamePrefix'>,
  page: { after?: string | undefined; limit: number },
): Promise<BillingCustomer[]> {
  const profile =
    scope.profile === undefined
      ? undefined
      : (await requireProfile(context, 'P3', scope.account, scope.profile)).profile
  const account = profile?.billingAccountName ?? (await requireAccount(context, 'A3', scope.account)).account.name
  const partner = await findPartnerOfAccount(context.db, account)
  if (!partner) return []
  const customers = await listCustomers(
    context.db,
    partner.id,
    { ...filter, ...(profile ? { billingProfileName: profile.name } : {}) },
    page,
  )
  return customers.map((customer) => ({
    account,
    profile: profile?.name ?? customer.billingProfileName,
    enabledPlans: profile?.enabledPlans ?? [],
    customer,
  }))
}

export async function getBillingCustomer(
  context: OperationContext,
  scope: { readonly account: string; readonly profile: string | undefined },
  name: string,
): Promise<BillingCustomer> {
  if (scope.profile === undefined) {
    const { account } = await requireAccount(context, 'A3', scope.account)
    const { customer } = await findCustomerIn(context, account.name, name)
    return { account: account.name, profile: customer.billingProfileName, enabledPlans: [], customer }
  }
  const { profile } = await requireProfile(context, 'P3', scope.account, scope.profile)
  const { customer } = await findCustomerIn(context, profile.billingAccountName, name)
  return { account: profile.billingAccountName, profile: profile.name, enabledPlans: profile.enabledPlans, customer }
}

/** Also one whose relationship has ended: what it was sold is in the account's history. */
export async function findCustomerIn(
  context: OperationContext,
  account: string,
  name: string,
): Promise<{ partner: Partner; customer: Customer }> {
  const partner = await findPartnerOfAccount(context.db, account)
  const id = name.toLowerCase()
  const customer = partner && isGuid(id) ? await findCustomer(context.db, partner.id, id) : undefined
  if (!partner || !customer) throw billingCustomerNotFound(name)
  return { partner, customer }
}

export const billingCustomerNotFound = (name: string): Refusal =>
  notFound('CustomerNotFound', `The customer '${name}' could not be found.`)

export async function listSubscriptionsOfCustomer(
  context: OperationContext,
  scope: { readonly account: string; readonly profile: string | undefined },
  name: string,
  page: { after?: string | undefined; limit: number },
): Promise<BillingSubscription[]> {
  const { account, customer } = await getBillingCustomer(context, scope, name)
  const profile = scope.profile === undefined ? {} : { profile: scope.profile.toUpperCase() }
  return listBillingSubscriptions(context.db, { account, customer: customer.tenantId, ...profile }, page)
}
