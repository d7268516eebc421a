import { type Selectable, sql } from 'kysely'
import type { AttachedPaymentMethod, PaymentFamily } from '../domain/billing/payment-method.ts'
import { type Db, period } from './db.ts'
import type { Database } from './schema.ts'

export interface PaymentMethod {
  readonly name: string
  readonly billingAccountName: string
  readonly family: PaymentFamily
  readonly displayName: string
  readonly accountHolderName: string | null
  readonly cardType: string | null
  readonly lastFourDigits: string | null
  readonly expiresAt: Date | null
  readonly createdAt: Date
  readonly createdBy: string
}

/** A method as a profile has it. */
export type LinkedPaymentMethod = PaymentMethod & AttachedPaymentMethod & { readonly billingProfileName: string }

export async function insertPaymentMethod(
  db: Db,
  method: PaymentMethod & { readonly cardReference: string | null },
): Promise<void> {
  await db
    .insertInto('payment_method')
    .values({
      name: method.name,
      billing_account_name: method.billingAccountName,
      family: method.family,
      display_name: method.displayName,
      account_holder_name: method.accountHolderName,
      card_type: method.cardType,
      card_reference: method.cardReference,
      last_four_digits: method.lastFourDigits,
      expires_at: method.expiresAt,
      created_at: method.createdAt,
      created_by: method.createdBy,
    })
    .execute()
}

const isKept = (db: Db) => db.selectFrom('payment_method').selectAll().where('deleted_at', 'is', null)

export async function findPaymentMethod(db: Db, name: string): Promise<PaymentMethod | undefined> {
  const row = await isKept(db).where('name', '=', name).executeTakeFirst()
  return row && toPaymentMethod(row)
}

/** Whether a method was ever called so; names are not given twice. */
export async function isPaymentMethodNameTaken(db: Db, name: string): Promise<boolean> {
  const row = await db.selectFrom('payment_method').select('name').where('name', '=', name).executeTakeFirst()
  return row !== undefined
}

export async function listPaymentMethods(db: Db, account: string): Promise<PaymentMethod[]> {
  const rows = await isKept(db)
    .where('billing_account_name', '=', account)
    .orderBy('created_at')
    .orderBy('name')
    .execute()
  return rows.map(toPaymentMethod)
}

/** Those of the accounts that were signed up for a principal, and those that the principal added anywhere. */
export async function listPaymentMethodsOfPrincipal(db: Db, principalId: string): Promise<PaymentMethod[]> {
  const rows = await isKept(db)
    .where((where) =>
      where.or([
        where('created_by', '=', principalId),
        where(
          'billing_account_name',
          'in',
          db.selectFrom('sign_up').select('billing_account_name').where('owner_id', '=', principalId),
        ),
      ]),
    )
    .orderBy('created_at')
    .orderBy('name')
    .execute()
  return rows.map(toPaymentMethod)
}

/** Who the account was opened for (BIL-11). */
export async function findAccountCreator(db: Db, account: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('sign_up')
    .select('owner_id')
    .where('billing_account_name', '=', account)
    .executeTakeFirst()
  return row?.owner_id
}

/** The reference to the card goes with it; what it paid stays in the books. */
export async function deletePaymentMethod(db: Db, name: string, at: Date): Promise<void> {
  await db
    .updateTable('payment_method')
    .set({ deleted_at: at, card_reference: null })
    .where('name', '=', name)
    .execute()
}

/** The methods that profiles have now, the default first. */
export async function listLinkedPaymentMethods(db: Db, profiles: readonly string[]): Promise<LinkedPaymentMethod[]> {
  if (profiles.length === 0) return []
  const rows = await db
    .selectFrom('payment_method_link as l')
    .innerJoin('payment_method as m', 'm.name', 'l.payment_method_name')
    .selectAll('m')
    .select('l.billing_profile_name')
    .select(
      sql<boolean>`exists (select from default_payment_method d where d.billing_profile_name = l.billing_profile_name
        and d.payment_method_name = l.payment_method_name and upper_inf(d.during))`.as('is_default'),
    )
    .where('l.billing_profile_name', 'in', [...profiles])
    .where(sql<boolean>`upper_inf(l.during)`)
    .orderBy('l.billing_profile_name')
    .orderBy('is_default', 'desc')
    .orderBy('m.name')
    .execute()
  return rows.map((row) => ({
    ...toPaymentMethod(row),
    billingProfileName: row.billing_profile_name,
    isDefault: row.is_default,
  }))
}

/** The profiles that a method is attached to now. */
export async function listProfilesOfPaymentMethod(db: Db, name: string): Promise<string[]> {
  const rows = await db
    .selectFrom('payment_method_link')
    .select('billing_profile_name')
    .where('payment_method_name', '=', name)
    .where(sql<boolean>`upper_inf(during)`)
    .orderBy('billing_profile_name')
    .execute()
  return rows.map((row) => row.billing_profile_name)
}

export async function attachPaymentMethod(db: Db, profile: string, method: string, at: Date): Promise<void> {
  await db
    .insertInto('payment_method_link')
    .values({ billing_profile_name: profile, payment_method_name: method, during: period(at) })
    .execute()
}

/** From `at` on the profile pays by this method; nothing it paid before changes. */
export async function setDefaultPaymentMethod(db: Db, profile: string, method: string, at: Date): Promise<void> {
  await endDefaultPaymentMethod(db, profile, at)
  await db
    .insertInto('default_payment_method')
    .values({ billing_profile_name: profile, payment_method_name: method, during: period(at) })
    .execute()
}

export async function endDefaultPaymentMethod(db: Db, profile: string, at: Date): Promise<void> {
  await endPeriod(db, sql`default_payment_method`, sql`billing_profile_name = ${profile}`, at)
}

/** End its time as the default first. */
export async function detachPaymentMethod(db: Db, profile: string, method: string, at: Date): Promise<void> {
  await endPeriod(
    db,
    sql`payment_method_link`,
    sql`billing_profile_name = ${profile} and payment_method_name = ${method}::uuid`,
    at,
  )
}

/** What began at this very instant never held, so nothing of it is kept. */
async function endPeriod(
  db: Db,
  table: ReturnType<typeof sql>,
  where: ReturnType<typeof sql>,
  at: Date,
): Promise<void> {
  const instant = sql`${at.toISOString()}::timestamptz`
  await sql`delete from ${table} where ${where} and upper_inf(during) and lower(during) >= ${instant}`.execute(db)
  await sql`update ${table} set during = tstzrange(lower(during), ${instant}, '[)')
    where ${where} and upper_inf(during)`.execute(db)
}

function toPaymentMethod(row: Selectable<Database['payment_method']>): PaymentMethod {
  return {
    name: row.name,
    billingAccountName: row.billing_account_name,
    family: row.family,
    displayName: row.display_name,
    accountHolderName: row.account_holder_name,
    cardType: row.card_type,
    lastFourDigits: row.last_four_digits,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    createdBy: row.created_by,
  }
}
