import { type Selectable, sql } from 'kysely'
import type { Address } from '../domain/billing/address.ts'
import type { InvoiceLanguage } from '../domain/billing/invoice-document.ts'
import { json, type Db } from './db.ts'
import type { Database } from './schema.ts'

export interface EnabledPlan {
  readonly skuId: string
  readonly skuDescription: string
}

export interface BillingProfile {
  readonly name: string
  readonly billingAccountName: string
  readonly displayName: string
  readonly currency: string
  readonly countryCode: string
  readonly language: InvoiceLanguage
  readonly billTo: Address
  readonly poNumber: string | null
  readonly invoiceEmailOptIn: boolean
  /** Who gets the invoices by mail beside those who hold a role, if it is opted in. */
  readonly invoiceRecipients: readonly string[]
  readonly status: string
  readonly taxRate: string | null
  readonly reverseCharge: boolean
  readonly taxId: string | null
  readonly systemId: string
  readonly tags: Readonly<Record<string, string>>
  readonly purchasePolicies: Readonly<Record<string, string>>
  readonly enabledPlans: readonly EnabledPlan[]
  readonly createdAt: Date
  readonly createdBy: string
  readonly revision: bigint
}

export async function insertBillingProfile(
  db: Db,
  profile: Omit<BillingProfile, 'revision' | 'status' | 'purchasePolicies' | 'invoiceRecipients'> &
    Partial<Pick<BillingProfile, 'invoiceRecipients'>>,
): Promise<void> {
  await db
    .insertInto('billing_profile')
    .values({
      name: profile.name,
      billing_account_name: profile.billingAccountName,
      display_name: profile.displayName,
      currency: profile.currency,
      country_code: profile.countryCode,
      language: profile.language,
      bill_to: json(profile.billTo),
      po_number: profile.poNumber,
      invoice_email_opt_in: profile.invoiceEmailOptIn,
      invoice_recipients: json(profile.invoiceRecipients ?? []),
      tax_rate: profile.taxRate,
      reverse_charge: profile.reverseCharge,
      buyer_tax_id: profile.taxId,
      system_id: profile.systemId,
      tags: json(profile.tags),
      enabled_plans: json(profile.enabledPlans),
      created_at: profile.createdAt,
      created_by: profile.createdBy,
    })
    .execute()
}

/** By its name in any casing. */
export async function findBillingProfile(db: Db, name: string): Promise<BillingProfile | undefined> {
  const row = await db
    .selectFrom('billing_profile')
    .selectAll()
    .where('name', '=', name.toUpperCase())
    .executeTakeFirst()
  return row && toBillingProfile(row)
}

/** Payments of a profile, and what follows from their absence, take turns. */
export async function lockBillingProfile(db: Db, name: string): Promise<BillingProfile | undefined> {
  const row = await db
    .selectFrom('billing_profile')
    .selectAll()
    .where('name', '=', name)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row && toBillingProfile(row)
}

/** The same of many at once, in one order. */
export async function lockBillingProfiles(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await db
    .selectFrom('billing_profile')
    .select('name')
    .where('name', 'in', [...names])
    .orderBy('name')
    .forNoKeyUpdate()
    .execute()
}

/** Keeps payers as they are until the commit: none falls behind or is closed beside what is decided by it. */
export async function shareBillingProfiles(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await db
    .selectFrom('billing_profile')
    .select('name')
    .where('name', 'in', [...names])
    .orderBy('name')
    .forShare()
    .execute()
}

export async function listBillingProfiles(
  db: Db,
  billingAccountName: string,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<BillingProfile[]> {
  let query = db.selectFrom('billing_profile').selectAll().where('billing_account_name', '=', billingAccountName)
  if (page.after !== undefined) query = query.where('name', '>', page.after)
  if (page.limit !== undefined) query = query.limit(page.limit)
  return (await query.orderBy('name').execute()).map(toBillingProfile)
}

export async function listBillingProfilesByName(db: Db, names: readonly string[]): Promise<BillingProfile[]> {
  if (names.length === 0) return []
  const rows = await db
    .selectFrom('billing_profile')
    .selectAll()
    .where('name', 'in', [...names])
    .orderBy('name')
    .execute()
  return rows.map(toBillingProfile)
}

export async function updateBillingProfile(
  db: Db,
  profile: Pick<
    BillingProfile,
    | 'name'
    | 'displayName'
    | 'billTo'
    | 'poNumber'
    | 'invoiceEmailOptIn'
    | 'invoiceRecipients'
    | 'tags'
    | 'purchasePolicies'
    | 'enabledPlans'
    | 'taxId'
    | 'taxRate'
    | 'reverseCharge'
    | 'language'
  >,
): Promise<void> {
  await db
    .updateTable('billing_profile')
    .set({
      display_name: profile.displayName,
      bill_to: json(profile.billTo),
      po_number: profile.poNumber,
      invoice_email_opt_in: profile.invoiceEmailOptIn,
      invoice_recipients: json(profile.invoiceRecipients),
      tags: json(profile.tags),
      purchase_policies: json(profile.purchasePolicies),
      enabled_plans: json(profile.enabledPlans),
      buyer_tax_id: profile.taxId,
      tax_rate: profile.taxRate,
      reverse_charge: profile.reverseCharge,
      language: profile.language,
      revision: sql<bigint>`revision + 1`,
    })
    .where('name', '=', profile.name)
    .execute()
}

export async function setBillingProfileStatus(db: Db, name: string, status: BillingProfile['status']): Promise<void> {
  await db
    .updateTable('billing_profile')
    .set({ status, revision: sql<bigint>`revision + 1` })
    .where('name', '=', name)
    .execute()
}

function toBillingProfile(row: Selectable<Database['billing_profile']>): BillingProfile {
  return {
    name: row.name,
    billingAccountName: row.billing_account_name,
    displayName: row.display_name,
    currency: row.currency,
    countryCode: row.country_code,
    language: row.language === 'sv' ? 'sv' : 'en',
    billTo: row.bill_to,
    poNumber: row.po_number,
    invoiceEmailOptIn: row.invoice_email_opt_in,
    invoiceRecipients: row.invoice_recipients,
    status: row.status,
    taxRate: row.tax_rate,
    reverseCharge: row.reverse_charge,
    taxId: row.buyer_tax_id,
    systemId: row.system_id,
    tags: row.tags,
    purchasePolicies: row.purchase_policies,
    enabledPlans: row.enabled_plans,
    createdAt: row.created_at,
    createdBy: row.created_by,
    revision: row.revision,
  }
}
