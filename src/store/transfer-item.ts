import { sql } from 'kysely'
import { type Db, json } from './db.ts'
import type { Database } from './schema.ts'

/** What a subscription is on the side that pays for it now. */
export interface TransferableSubscription {
  readonly subscriptionId: string
  readonly state: string
  readonly offer: Database['subscription']['offer']
  readonly account: string
  readonly agreementType: string
  readonly profile: string
  readonly profileStatus: string
  readonly currency: string
  /** Exactly one of section and customer is there. */
  readonly section: string | null
  readonly customer: string | null
  readonly priceListName: string | null
}

/** Of the ids that exist and that somebody pays for. */
export async function listTransferable(db: Db, ids: readonly string[], at: Date): Promise<TransferableSubscription[]> {
  return db
    .selectFrom('billing_placement as p')
    .innerJoin('subscription as s', 's.id', 'p.subscription_id')
    .innerJoin('billing_profile as b', 'b.name', 'p.billing_profile_name')
    .innerJoin('billing_account as a', 'a.name', 'b.billing_account_name')
    .where(sql<boolean>`upper_inf(p.during) and s.id = any(${[...ids]}::uuid[])`)
    .where('s.state', '<>', 'Deleted')
    .select([
      's.id as subscriptionId',
      's.state',
      's.offer',
      'a.name as account',
      'a.agreement_type as agreementType',
      'b.name as profile',
      'b.status as profileStatus',
      'b.currency',
      'p.invoice_section_name as section',
      'p.customer_name as customer',
      priceListOf('b.name', at).as('priceListName'),
    ])
    .orderBy('s.id')
    .execute()
}

/** The list that prices what the profile pays for at an instant. */
export async function findPriceListOf(db: Db, profile: string, at: Date): Promise<string | null> {
  const row = await db
    .selectFrom('billing_profile as b')
    .where('b.name', '=', profile)
    .select(priceListOf('b.name', at).as('priceListName'))
    .executeTakeFirst()
  return row?.priceListName ?? null
}

const priceListOf = (profile: string, at: Date) =>
  sql<string | null>`(select l.price_list_name from price_list_assignment l
    where l.billing_profile_name = ${sql.ref(profile)} and l.during @> ${at.toISOString()}::timestamptz)`

export interface TransferOutcome {
  readonly subscriptionId: string
  readonly displayName: string
  readonly status: 'Completed' | 'Failed'
  readonly error: { readonly code: string; readonly message: string } | null
}

export async function insertTransferOutcome(
  db: Db,
  transferName: string,
  outcome: Omit<TransferOutcome, 'displayName'>,
): Promise<void> {
  await db
    .insertInto('billing_transfer_item')
    .values({
      transfer_name: transferName,
      subscription_id: outcome.subscriptionId,
      status: outcome.status,
      error: outcome.error && json(outcome.error),
    })
    .execute()
}

export async function listTransferOutcomes(
  db: Db,
  transferNames: readonly string[],
): Promise<(TransferOutcome & { readonly transferName: string })[]> {
  if (transferNames.length === 0) return []
  return db
    .selectFrom('billing_transfer_item as i')
    .innerJoin('subscription as s', 's.id', 'i.subscription_id')
    .where('i.transfer_name', 'in', [...transferNames])
    .select([
      'i.transfer_name as transferName',
      'i.subscription_id as subscriptionId',
      's.display_name as displayName',
      'i.status',
      'i.error',
    ])
    .orderBy('i.transfer_name')
    .orderBy('i.subscription_id')
    .execute()
}
