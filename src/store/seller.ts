import type { Seller } from '../domain/billing/seller.ts'
import { json, type Db } from './db.ts'

type StoredDetails = Omit<Seller, 'version' | 'effectiveFrom'>

export async function insertSeller(db: Db, seller: Seller & { readonly createdAt: Date }): Promise<void> {
  const { version, effectiveFrom, createdAt, ...details } = seller
  await db
    .insertInto('seller')
    .values({ version, effective_from: effectiveFrom, details: json(details), created_at: createdAt })
    .execute()
}

/** The version that invoices of the instant are issued by. */
export async function findSeller(db: Db, at: Date): Promise<Seller | undefined> {
  const row = await db
    .selectFrom('seller')
    .selectAll()
    .where('effective_from', '<=', at)
    .orderBy('effective_from', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && toSeller(row)
}

export async function findLatestSeller(db: Db): Promise<Seller | undefined> {
  const row = await db.selectFrom('seller').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst()
  return row && toSeller(row)
}

function toSeller(row: { version: number; effective_from: Date; details: Record<string, unknown> }): Seller {
  return {
    ...(row.details as unknown as StoredDetails),
    version: row.version,
    effectiveFrom: row.effective_from,
  }
}
