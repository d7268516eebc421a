import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface CustomerOrder {
  readonly id: string
  readonly partnerId: string
  readonly tenantId: string
  readonly billingProfileName: string
  readonly currency: string
  readonly createdAt: Date
  readonly createdBy: string
}

/** What a partner sold to a customer, as it is billed now. */
export interface SoldSubscription {
  readonly subscriptionId: string
  readonly displayName: string
  readonly state: Database['subscription']['state']
  readonly createdAt: Date
  readonly revision: bigint
  readonly offerId: string
  readonly orderId: string | null
  readonly lineNumber: number | null
  readonly billingProfileName: string
}

export async function insertCustomerOrder(db: Db, order: CustomerOrder): Promise<void> {
  await db
    .insertInto('customer_order')
    .values({
      id: order.id,
      partner_id: order.partnerId,
      tenant_id: order.tenantId,
      billing_profile_name: order.billingProfileName,
      currency: order.currency,
      created_at: order.createdAt,
      created_by: order.createdBy,
    })
    .execute()
}

/** The latest first. */
export async function listCustomerOrders(
  db: Db,
  customer: { readonly partnerId: string; readonly tenantId: string },
  id?: string,
): Promise<CustomerOrder[]> {
  let query = db
    .selectFrom('customer_order')
    .selectAll()
    .where('partner_id', '=', customer.partnerId)
    .where('tenant_id', '=', customer.tenantId)
  if (id !== undefined) query = query.where('id', '=', id)
  return (await query.orderBy('created_at', 'desc').orderBy('id').execute()).map(toOrder)
}

export async function insertPartnerSubscription(
  db: Db,
  sold: Pick<SoldSubscription, 'subscriptionId' | 'offerId' | 'orderId' | 'lineNumber'>,
): Promise<void> {
  await db
    .insertInto('partner_subscription')
    .values({
      subscription_id: sold.subscriptionId,
      offer_id: sold.offerId,
      order_id: sold.orderId,
      line_number: sold.lineNumber,
    })
    .execute()
}

/** The subscriptions that the partner pays for the customer now, whoever sold them first (OWN-14). */
export async function listSoldSubscriptions(
  db: Db,
  customer: { readonly partnerId: string; readonly tenantId: string },
  filter: { readonly orderId?: string; readonly subscriptionId?: string } = {},
): Promise<SoldSubscription[]> {
  let query = db
    .selectFrom('billing_placement as b')
    .innerJoin('partner_profile as f', 'f.billing_profile_name', 'b.billing_profile_name')
    .innerJoin('subscription as s', 's.id', 'b.subscription_id')
    .innerJoin('partner_subscription as p', 'p.subscription_id', 's.id')
    .where('f.partner_id', '=', customer.partnerId)
    .where('b.customer_name', '=', customer.tenantId)
    .where(sql<boolean>`upper_inf(b.during)`)
    .where('s.state', '<>', 'Deleted')
    .select([
      's.id as subscriptionId',
      's.display_name as displayName',
      's.state',
      's.created_at as createdAt',
      's.revision',
      'p.offer_id as offerId',
      'p.order_id as orderId',
      'p.line_number as lineNumber',
      'b.billing_profile_name as billingProfileName',
    ])
  if (filter.orderId !== undefined) query = query.where('p.order_id', '=', filter.orderId)
  if (filter.subscriptionId !== undefined) query = query.where('s.id', '=', filter.subscriptionId)
  return query.orderBy('s.created_at').orderBy('s.id').execute()
}

/** The lines of orders, also of subscriptions that another partner pays for now. */
export async function listOrderLines(
  db: Db,
  orderIds: readonly string[],
): Promise<{ orderId: string; lineNumber: number; subscriptionId: string; offerId: string; displayName: string }[]> {
  if (orderIds.length === 0) return []
  const rows = await db
    .selectFrom('partner_subscription as p')
    .innerJoin('subscription as s', 's.id', 'p.subscription_id')
    .where('p.order_id', 'in', [...orderIds])
    .select(['p.order_id', 'p.line_number', 'p.subscription_id', 'p.offer_id', 's.display_name'])
    .orderBy('p.order_id')
    .orderBy('p.line_number')
    .execute()
  return rows.map((row) => ({
    orderId: row.order_id ?? '',
    lineNumber: row.line_number ?? 0,
    subscriptionId: row.subscription_id,
    offerId: row.offer_id,
    displayName: row.display_name,
  }))
}

function toOrder(row: Selectable<Database['customer_order']>): CustomerOrder {
  return {
    id: row.id,
    partnerId: row.partner_id,
    tenantId: row.tenant_id,
    billingProfileName: row.billing_profile_name,
    currency: row.currency,
    createdAt: row.created_at,
    createdBy: row.created_by,
  }
}
