import { sql } from 'kysely'
import { usageDayOf } from '../domain/rating/billing-period.ts'
import { getCurrency } from '../domain/rating/currency.ts'
import type { ExchangeRate } from '../domain/rating/exchange-rate.ts'
import { assignmentDuring, type PriceListAssignment } from '../domain/rating/price-book.ts'
import type { PriceEntry, PriceList, PriceListVersion } from '../domain/rating/price-list.ts'
import { json, period, type Db } from './db.ts'

const midnightOf = (day: string): Date => new Date(`${day}T00:00:00.000Z`)

/** False when a list of that name is there already. */
export async function insertPriceList(
  db: Db,
  list: { readonly name: string; readonly displayName: string; readonly currency: string; readonly createdAt: Date },
): Promise<boolean> {
  const result = await db
    .insertInto('price_list')
    .values({ name: list.name, display_name: list.displayName, currency: list.currency, created_at: list.createdAt })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Lists with all their versions; of all lists when no names are given. */
export async function loadPriceLists(db: Db, names?: readonly string[]): Promise<Map<string, PriceList>> {
  let query = db
    .selectFrom('price_list as l')
    .leftJoin('price_list_version as v', 'v.price_list_name', 'l.name')
    .select(['l.name', 'l.currency', 'v.version', 'v.prices', sql<Date | null>`lower(v.during)`.as('from')])
  if (names) query = query.where('l.name', 'in', names.length > 0 ? [...names] : [''])
  const lists = new Map<string, PriceList & { versions: PriceListVersion[] }>()
  for (const row of await query.orderBy('l.name').orderBy('v.version').execute()) {
    const list = lists.get(row.name) ?? { name: row.name, currency: getCurrency(row.currency), versions: [] }
    if (row.version !== null && row.from !== null)
      list.versions.push({
        version: row.version,
        effectiveFrom: usageDayOf(row.from),
        prices: row.prices as PriceEntry[],
      })
    lists.set(row.name, list)
  }
  return lists
}

/** Keeps the list's versions as they are until the transaction ends. */
export async function lockPriceList(db: Db, name: string): Promise<PriceList | undefined> {
  await db.selectFrom('price_list').select('name').where('name', '=', name).forUpdate().execute()
  return (await loadPriceLists(db, [name])).get(name)
}

/** The version before it ends where this one begins. */
export async function insertPriceListVersion(
  db: Db,
  priceListName: string,
  version: PriceListVersion,
  createdAt: Date,
): Promise<void> {
  const from = midnightOf(version.effectiveFrom)
  await db
    .updateTable('price_list_version')
    .set({ during: sql<string>`tstzrange(lower(during), ${from.toISOString()}::timestamptz, '[)')` })
    .where('price_list_name', '=', priceListName)
    .where(sql<boolean>`upper_inf(during)`)
    .execute()
  await db
    .insertInto('price_list_version')
    .values({
      price_list_name: priceListName,
      version: version.version,
      during: period(from),
      prices: json(version.prices),
      created_at: createdAt,
    })
    .execute()
  await db
    .updateTable('price_list')
    .set({ revision: sql<bigint>`revision + 1` })
    .where('name', '=', priceListName)
    .execute()
}

export async function replacePrices(db: Db, priceListName: string, version: PriceListVersion): Promise<void> {
  await db
    .updateTable('price_list_version')
    .set({ prices: json(version.prices) })
    .where('price_list_name', '=', priceListName)
    .where('version', '=', version.version)
    .execute()
}

/** The profile's prices come from this list from `from` on; what was assigned from there on is replaced. */
export async function assignPriceList(
  db: Db,
  assignment: { readonly profile: string; readonly priceListName: string; readonly from: Date },
): Promise<void> {
  const from = sql`${assignment.from.toISOString()}::timestamptz`
  await db
    .deleteFrom('price_list_assignment')
    .where('billing_profile_name', '=', assignment.profile)
    .where(sql<boolean>`lower(during) >= ${from}`)
    .execute()
  await db
    .updateTable('price_list_assignment')
    .set({ during: sql<string>`tstzrange(lower(during), ${from}, '[)')` })
    .where('billing_profile_name', '=', assignment.profile)
    .where(sql<boolean>`during @> ${from}`)
    .execute()
  await db
    .insertInto('price_list_assignment')
    .values({
      billing_profile_name: assignment.profile,
      during: period(assignment.from),
      price_list_name: assignment.priceListName,
    })
    .execute()
}

export interface StoredAssignment {
  readonly profile: string
  readonly priceListName: string
  readonly from: Date
  readonly to: Date | null
}

export function listPriceListAssignments(db: Db, profiles: readonly string[]): Promise<StoredAssignment[]> {
  return db
    .selectFrom('price_list_assignment')
    .select([
      'billing_profile_name as profile',
      'price_list_name as priceListName',
      sql<Date>`lower(during)`.as('from'),
      sql<Date | null>`upper(during)`.as('to'),
    ])
    .where('billing_profile_name', 'in', profiles.length > 0 ? [...profiles] : [''])
    .orderBy('billing_profile_name')
    .orderBy(sql`lower(during)`)
    .execute()
}

/** How the profiles are priced, over all time. `lists` remembers lists, which many profiles share. */
export async function loadAssignedPriceLists(
  db: Db,
  profiles: readonly string[],
  lists: Map<string, PriceList>,
): Promise<Map<string, PriceListAssignment[]>> {
  const rows = await listPriceListAssignments(db, profiles)
  const missing = [...new Set(rows.map((row) => row.priceListName))].filter((name) => !lists.has(name))
  for (const [name, list] of missing.length > 0 ? await loadPriceLists(db, missing) : []) lists.set(name, list)
  const assigned = new Map<string, PriceListAssignment[]>()
  for (const row of rows) {
    const list = lists.get(row.priceListName)
    if (!list) continue
    const of = assigned.get(row.profile) ?? []
    of.push(assignmentDuring(list, row.from, row.to))
    assigned.set(row.profile, of)
  }
  return assigned
}

export async function replaceExchangeRate(db: Db, month: string, rate: ExchangeRate, createdAt: Date): Promise<void> {
  await db
    .insertInto('exchange_rate')
    .values({
      period: month,
      from_currency: rate.from,
      to_currency: rate.to,
      rate: rate.rate,
      day: rate.day,
      created_at: createdAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['period', 'from_currency', 'to_currency']).doUpdateSet({ rate: rate.rate, day: rate.day }),
    )
    .execute()
}

export async function listExchangeRates(db: Db, month: string): Promise<ExchangeRate[]> {
  const rows = await db.selectFrom('exchange_rate').selectAll().where('period', '=', month).execute()
  return rows.map((row) => ({
    from: getCurrency(row.from_currency),
    to: getCurrency(row.to_currency),
    rate: row.rate.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''),
    day: usageDayOf(midnightOf(row.day)),
  }))
}
