import { type Selectable, sql } from 'kysely'
import { json, type Db } from './db.ts'
import type { Database } from './schema.ts'

export interface InvoiceSection {
  readonly name: string
  readonly billingProfileName: string
  readonly displayName: string
  readonly state: string
  readonly systemId: string
  readonly labels: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** BIL-21: the one section of a stand-alone account, which nobody sees. */
  readonly isHidden: boolean
  readonly createdAt: Date
  readonly createdBy: string
  readonly revision: bigint
}

export async function insertInvoiceSection(db: Db, section: Omit<InvoiceSection, 'revision' | 'state'>): Promise<void> {
  await db
    .insertInto('invoice_section')
    .values({
      name: section.name,
      billing_profile_name: section.billingProfileName,
      display_name: section.displayName,
      system_id: section.systemId,
      labels: json(section.labels),
      tags: json(section.tags),
      is_hidden: section.isHidden,
      created_at: section.createdAt,
      created_by: section.createdBy,
    })
    .execute()
}

/** By its name in any casing. */
export async function findInvoiceSection(db: Db, name: string): Promise<InvoiceSection | undefined> {
  const row = await db
    .selectFrom('invoice_section')
    .selectAll()
    .where('name', '=', name.toUpperCase())
    .executeTakeFirst()
  return row && toInvoiceSection(row)
}

export async function listInvoiceSections(
  db: Db,
  billingProfileNames: readonly string[],
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<InvoiceSection[]> {
  if (billingProfileNames.length === 0) return []
  let query = db
    .selectFrom('invoice_section')
    .selectAll()
    .where('billing_profile_name', 'in', [...billingProfileNames])
  if (page.after !== undefined) query = query.where('name', '>', page.after)
  if (page.limit !== undefined) query = query.limit(page.limit)
  return (await query.orderBy('name').execute()).map(toInvoiceSection)
}

export async function updateInvoiceSection(
  db: Db,
  section: Pick<InvoiceSection, 'name' | 'displayName' | 'labels' | 'tags'>,
): Promise<void> {
  await db
    .updateTable('invoice_section')
    .set({
      display_name: section.displayName,
      labels: json(section.labels),
      tags: json(section.tags),
      revision: sql<bigint>`revision + 1`,
    })
    .where('name', '=', section.name)
    .execute()
}

export async function setInvoiceSectionState(db: Db, name: string, state: string): Promise<void> {
  await db
    .updateTable('invoice_section')
    .set({ state, revision: sql<bigint>`revision + 1` })
    .where('name', '=', name)
    .execute()
}

function toInvoiceSection(row: Selectable<Database['invoice_section']>): InvoiceSection {
  return {
    name: row.name,
    billingProfileName: row.billing_profile_name,
    displayName: row.display_name,
    state: row.state,
    systemId: row.system_id,
    labels: row.labels,
    tags: row.tags,
    isHidden: row.is_hidden,
    createdAt: row.created_at,
    createdBy: row.created_by,
    revision: row.revision,
  }
}
