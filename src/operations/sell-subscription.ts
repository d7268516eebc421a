import { allowsInConsole } from '../domain/access/partner-console.ts'
import { requireAgreement, requireSeller } from '../domain/partner/customer.ts'
import { checkOrderLines, type OrderLine, usagePlan } from '../domain/partner/offer.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { invalid, notFound } from '../domain/refusal.ts'
import { type CustomerScope, requireChargeableProfile } from '../domain/resource/subscription-creation.ts'
import type { Tags } from '../domain/resource/tags.ts'
import { type Customer, findCustomer, lockCustomer } from '../store/customer.ts'
import { listCustomerAgreements } from '../store/customer-agreement.ts'
import { type CustomerOrder, insertCustomerOrder, insertPartnerSubscription } from '../store/customer-order.ts'
import { findPartnerOfAccount, listPartnerProfiles, type Partner } from '../store/partner.ts'
import { lockPayingProfile } from '../store/subscription-alias.ts'
import { customerScope } from './add-customer.ts'
import { appendAudit } from './audit.ts'
import { authorizeConsole, consoleRolesIn } from './authorize-partner.ts'
import type { OperationContext } from './context.ts'
import { createSubscription } from './create-subscription.ts'
import { requireCustomer } from './read-customer.ts'

export interface WantedOrder {
  readonly currency: string | undefined
  readonly lines: readonly (OrderLine & { readonly quantity: number })[]
}

export interface PlacedOrder {
  readonly order: CustomerOrder
  readonly lines: readonly (OrderLine & { readonly subscriptionId: string })[]
}

/** PAR-28: each line makes a subscription for the customer; all of them or none. */
export async function placeOrder(
  context: OperationContext,
  tenantId: string,
  wanted: WantedOrder,
): Promise<PlacedOrder> {
  const { partner, customer } = await requireCustomer(context, 'sell', tenantId)
  const lines = checkOrderLines(wanted.lines)
  await requireSaleable(context, partner, customer)
  const { profile, currency } = await profileFor(context, partner, customer, wanted.currency)
  const order = {
    id: context.random.uuid(),
    partnerId: partner.id,
    tenantId: customer.tenantId,
    billingProfileName: profile,
    currency,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  }
  await insertCustomerOrder(context.db, order)
  const placed: (OrderLine & { subscriptionId: string })[] = []
  for (const line of lines) {
    const subscriptionId = await createForCustomer(context, partner, customer, {
      profile,
      displayName: line.friendlyName,
      workload: 'Production',
      tags: {},
    })
    const { lineNumber } = line
    await insertPartnerSubscription(context.db, {
      subscriptionId,
      offerId: usagePlan.id,
      orderId: order.id,
      lineNumber,
    })
    placed.push({ ...line, subscriptionId })
  }
  await appendAudit(context, {
    action: 'Tenantry.Partner/customers/orders/write',
    scope: customerScope(partner, customer.tenantId),
    after: { orderId: order.id, currency, subscriptions: placed.map((line) => line.subscriptionId) },
  })
  return { order, lines: placed }
}

export interface CustomerPayer {
  readonly partner: Partner
  readonly customer: Customer
  readonly account: string
  readonly profile: string
}

/**
 * Who pays for a subscription that an Admin agent makes in the customer's name (PAR-17). Accounts of others and unknown
 * ones look alike.
 */
export async function authorizeCustomerScope(context: OperationContext, scope: CustomerScope): Promise<CustomerPayer> {
  const partner = await findPartnerOfAccount(context.db, scope.billingAccountName)
  if (!partner || partner.tenantId !== context.caller.tenantId || partner.billingAccountName === null)
    throw notFound('BillingAccountNotFound', `The billing account '${scope.billingAccountName}' could not be found.`)
  if (!allowsInConsole('createSubscription', await consoleRolesIn(context, partner)))
    await authorizeConsole(context, 'createSubscription')
  const customer = isGuid(scope.customerName)
    ? await findCustomer(context.db, partner.id, scope.customerName)
    : undefined
  if (!customer?.isRelated)
    throw notFound(
      'CustomerNotFound',
      `The customer '${scope.customerName}' could not be found in billing account '${partner.billingAccountName}'.`,
      'properties.billingScope',
    )
  await requireSaleable(context, partner, customer)
  const wanted = scope.billingProfileName?.toUpperCase() ?? customer.billingProfileName
  const profiles = await listPartnerProfiles(context.db, partner.id)
  const profile = profiles.find((one) => one.billingProfileName === wanted)
  if (!profile)
    throw notFound(
      'BillingProfileNotFound',
      `The billing profile '${wanted}' could not be found in billing account '${partner.billingAccountName}'.`,
      'properties.billingScope',
    )
  return { partner, customer, account: partner.billingAccountName, profile: profile.billingProfileName }
}

export interface SubscriptionForCustomer {
  readonly displayName: string
  readonly workload: 'Production' | 'DevTest'
  readonly tags: Tags
}

/** Authorise by `authorizeCustomerScope` before calling it. */
export async function sellDirectly(
  context: OperationContext,
  { partner, customer, profile }: CustomerPayer,
  wanted: SubscriptionForCustomer,
): Promise<string> {
  const subscriptionId = await createForCustomer(context, partner, customer, { ...wanted, profile })
  await insertPartnerSubscription(context.db, {
    subscriptionId,
    offerId: usagePlan.id,
    orderId: null,
    lineNumber: null,
  })
  return subscriptionId
}

/** PAR-1 to PAR-3: the partner sells, the relationship holds, and the customer accepted the agreement. */
async function requireSaleable(context: OperationContext, partner: Partner, customer: Customer): Promise<void> {
  requireSeller(partner, 'sell subscriptions')
  // Held until the commit, so that no relationship ends beside a sale (PAR-14).
  await lockCustomer(context.db, partner.id, customer.tenantId)
  requireAgreement(customer, await listCustomerAgreements(context.db, partner.id, customer.tenantId))
}

/** PAR-23: the partner's profile in the currency of the order, or the customer's own. */
async function profileFor(
  context: OperationContext,
  partner: Partner,
  customer: Customer,
  currency: string | undefined,
): Promise<{ profile: string; currency: string }> {
  const profiles = await listPartnerProfiles(context.db, partner.id)
  const found = profiles.find((profile) =>
    currency === undefined ? profile.billingProfileName === customer.billingProfileName : profile.currency === currency,
  )
  if (found) return { profile: found.billingProfileName, currency: found.currency }
  const known = profiles.map((profile) => profile.currency).join(', ')
  throw invalid(
    'CurrencyNotSupported',
    `The partner is not invoiced in '${currency}'. Order in one of: ${known}.`,
    'currencyCode',
  )
}

/** PAR-9: it trusts the customer's tenant, the partner pays, and the partner's Admin agents own it; in one commit. */
async function createForCustomer(
  context: OperationContext,
  partner: Partner,
  customer: Customer,
  wanted: SubscriptionForCustomer & { readonly profile: string },
): Promise<string> {
  const payer = await lockPayingProfile(context.db, wanted.profile)
  if (!payer) throw new Error(`the profile ${wanted.profile} of partner ${partner.id} is gone`)
  requireChargeableProfile(payer)
  return createSubscription(context, {
    displayName: wanted.displayName,
    workload: wanted.workload,
    offer: 'partner',
    tags: wanted.tags,
    tenantId: customer.tenantId,
    payer: { profile: payer.billingProfileName, customer: customer.tenantId },
    owner: { objectId: partner.groups.adminAgents, type: 'ForeignGroup' },
  })
}
