import { type Selectable, sql } from 'kysely'
import type { Address } from '../domain/billing/address.ts'
import { json, type Db } from './db.ts'
import type { Database } from './schema.ts'

export type AgreementType = Database['billing_account']['agreement_type']

export interface BillingAccount {
  readonly name: string
  readonly tenantId: string
  readonly displayName: string
  readonly agreementType: AgreementType
  readonly accountType: Database['billing_account']['account_type']
  readonly accountStatus: string
  readonly currency: string
  readonly countryCode: string
  readonly soldTo: Address
  readonly notificationEmail: string | null
  readonly createdAt: Date
  readonly createdBy: string
  readonly revision: bigint
}

export async function insertBillingAccount(
  db: Db,
  account: Omit<BillingAccount, 'revision' | 'accountStatus'>,
): Promise<void> {
  await db
    .insertInto('billing_account')
    .values({
      name: account.name,
      tenant_id: account.tenantId,
      display_name: account.displayName,
      agreement_type: account.agreementType,
      account_type: account.accountType,
      currency: account.currency,
      country_code: account.countryCode,
      sold_to: json(account.soldTo),
      notification_email: account.notificationEmail,
      created_at: account.createdAt,
      created_by: account.createdBy,
    })
    .execute()
}

/** By its name in any casing. */
export async function findBillingAccount(db: Db, name: string): Promise<BillingAccount | undefined> {
  const row = await db
    .selectFrom('billing_account')
    .selectAll()
    .where(sql<boolean>`lower(name) = lower(${name})`)
    .executeTakeFirst()
  return row && toBillingAccount(row)
}

/** Keeps two changes of what lies in the account from missing each other, until the transaction ends. */
export async function lockBillingAccount(db: Db, name: string): Promise<void> {
  await db.selectFrom('billing_account').select('name').where('name', '=', name).forUpdate().execute()
}

export async function listBillingAccounts(
  db: Db,
  names: readonly string[],
  page: { after?: string | undefined; limit: number },
): Promise<BillingAccount[]> {
  if (names.length === 0) return []
  let query = db
    .selectFrom('billing_account')
    .selectAll()
    .where('name', 'in', [...names])
  if (page.after !== undefined) query = query.where('name', '>', page.after)
  return (await query.orderBy('name').limit(page.limit).execute()).map(toBillingAccount)
}

export async function listBillingAccountNamesOfTenant(db: Db, tenantId: string): Promise<string[]> {
  const rows = await db.selectFrom('billing_account').select('name').where('tenant_id', '=', tenantId).execute()
  return rows.map((row) => row.name)
}

export async function updateBillingAccount(
  db: Db,
  account: Pick<BillingAccount, 'name' | 'displayName' | 'soldTo' | 'notificationEmail'>,
): Promise<void> {
  await db
    .updateTable('billing_account')
    .set({
      display_name: account.displayName,
      sold_to: json(account.soldTo),
      notification_email: account.notificationEmail,
      revision: sql<bigint>`revision + 1`,
    })
    .where('name', '=', account.name)
    .execute()
}

function toBillingAccount(row: Selectable<Database['billing_account']>): BillingAccount {
  return {
    name: row.name,
    tenantId: row.tenant_id,
    displayName: row.display_name,
    agreementType: row.agreement_type,
    accountType: row.account_type,
    accountStatus: row.account_status,
    currency: row.currency,
    countryCode: row.country_code,
    soldTo: row.sold_to,
    notificationEmail: row.notification_email,
    createdAt: row.created_at,
    createdBy: row.created_by,
    revision: row.revision,
  }
}
