import { isGuid } from '../domain/directory/object-id.ts'
import { notFound } from '../domain/refusal.ts'
import { decideSuspension } from '../domain/resource/subscription-state.ts'
import { lockBillingProfile } from '../store/billing-profile.ts'
import { type Customer } from '../store/customer.ts'
import {
  listCustomerOrders,
  listOrderLines,
  listSoldSubscriptions,
  type SoldSubscription,
} from '../store/customer-order.ts'
import type { Partner } from '../store/partner.ts'
import { lockSubscription, renameSubscription, setSubscriptionState } from '../store/subscription.ts'
import { appendAudit } from './audit.ts'
import { authorizeConsole } from './authorize-partner.ts'
import { cancelSubscription } from './change-subscription-state.ts'
import type { OperationContext } from './context.ts'
import { requireCustomer } from './read-customer.ts'
import type { PlacedOrder } from './sell-subscription.ts'
import { settleProfile } from './settle-profile.ts'

export type { SoldSubscription } from '../store/customer-order.ts'

export async function listSoldTo(
  context: OperationContext,
  tenantId: string,
  orderId?: string,
): Promise<SoldSubscription[]> {
  const { partner, customer } = await requireCustomer(context, 'viewCustomers', tenantId)
  if (orderId !== undefined && !isGuid(orderId)) return []
  const filter = orderId === undefined ? {} : { orderId: orderId.toLowerCase() }
  return listSoldSubscriptions(context.db, keyOf(partner, customer), filter)
}

export async function getSold(
  context: OperationContext,
  tenantId: string,
  subscriptionId: string,
): Promise<SoldSubscription> {
  const { partner, customer } = await requireCustomer(context, 'viewCustomers', tenantId)
  return requireSold(context, partner, customer, subscriptionId)
}

const keyOf = (partner: Partner, customer: Customer) => ({ partnerId: partner.id, tenantId: customer.tenantId })

async function requireSold(
  { db }: OperationContext,
  partner: Partner,
  customer: Customer,
  id: string,
): Promise<SoldSubscription> {
  const [found] = isGuid(id)
    ? await listSoldSubscriptions(db, keyOf(partner, customer), { subscriptionId: id.toLowerCase() })
    : []
  if (found) return found
  throw notFound('SubscriptionNotFound', `Subscription with id ${id} not found.`)
}

export interface SoldChange {
  readonly friendlyName: string | undefined
  readonly status: 'active' | 'suspended' | 'deleted' | undefined
}

/**
 * What a partner changes of a subscription that it sells: its name, whether it is suspended (PAR-25), and that it ends,
 * which takes both console roles and the role on the subscription itself (PAR-17). `check` sees it before, locked.
 */
export async function changeSold(
  context: OperationContext,
  tenantId: string,
  subscriptionId: string,
  change: SoldChange,
  check: (sold: SoldSubscription) => void,
): Promise<SoldSubscription> {
  const right = change.status === 'deleted' ? 'cancelSubscription' : 'suspendSubscription'
  await authorizeConsole(context, right)
  const { partner, customer } = await requireCustomer(context, 'viewCustomers', tenantId)
  const seen = await requireSold(context, partner, customer, subscriptionId)
  // Before the subscription, as whoever settles the profile does.
  if (change.status !== undefined) await lockBillingProfile(context.db, seen.billingProfileName)
  const locked = await lockSubscription(context.db, seen.subscriptionId, context.now)
  const before = await requireSold(context, partner, customer, subscriptionId)
  check(before)
  const scope = `/subscriptions/${before.subscriptionId}`
  if (change.friendlyName !== undefined && change.friendlyName !== before.displayName) {
    await renameSubscription(context.db, before.subscriptionId, change.friendlyName)
    await appendAudit(context, {
      action: 'Tenantry.Partner/customers/subscriptions/rename/action',
      scope,
      before: { displayName: before.displayName },
      after: { displayName: change.friendlyName },
    })
  }
  if (change.status !== undefined && change.status !== statusOfSold(before)) {
    if (change.status === 'deleted') await cancelSubscription(context, before.subscriptionId)
    else {
      const event = change.status === 'suspended' ? 'suspend' : 'resume'
      const state = decideSuspension({ id: before.subscriptionId, state: before.state }, event)
      const { cancelledAt = null, deletedAt = null } = locked ?? {}
      await setSubscriptionState(context.db, before.subscriptionId, { state, cancelledAt, deletedAt })
      await appendAudit(context, {
        action: `Tenantry.Partner/customers/subscriptions/${event}/action`,
        scope,
        before: { state: before.state },
        after: { state },
      })
      // While its payer is behind, what is resumed is held like the rest (BIL-23).
      if (event === 'resume') await settleProfile(context, before.billingProfileName)
    }
  }
  return requireSold(context, partner, customer, subscriptionId)
}

/** The words that Partner Center has for the states of a subscription. */
export function statusOfSold({
  state,
}: Pick<SoldSubscription, 'state'>): 'active' | 'suspended' | 'deleted' | 'expired' {
  if (state === 'Suspended') return 'suspended'
  if (state === 'Expired') return 'expired'
  return state === 'Disabled' || state === 'Deleted' ? 'deleted' : 'active'
}

export async function listOrdersOf(context: OperationContext, tenantId: string, id?: string): Promise<PlacedOrder[]> {
  const { partner, customer } = await requireCustomer(context, 'viewCustomers', tenantId)
  const orders = await listCustomerOrders(context.db, keyOf(partner, customer), id)
  const lines = await listOrderLines(
    context.db,
    orders.map((order) => order.id),
  )
  return orders.map((order) => ({
    order,
    lines: lines
      .filter((line) => line.orderId === order.id)
      .map(({ lineNumber, offerId, displayName, subscriptionId }) => ({
        lineNumber,
        offerId,
        friendlyName: displayName,
        subscriptionId,
      })),
  }))
}

const nilId = '00000000-0000-0000-0000-000000000000'

export async function getOrder(context: OperationContext, tenantId: string, id: string): Promise<PlacedOrder> {
  // No order has the nil id; asking for it authorises like any other.
  const [found] = await listOrdersOf(context, tenantId, isGuid(id) ? id.toLowerCase() : nilId)
  if (found) return found
  throw notFound('OrderNotFound', `The order '${id}' could not be found.`)
}
