import { isDeepStrictEqual } from 'node:util'
import { addsPricesOnly } from '../domain/billing/price-addition.ts'
import { findBillingPeriod, isFirstDayOfMonth, startOfPeriod, usageDayOf } from '../domain/rating/billing-period.ts'
import { type Currency, findCurrency } from '../domain/rating/currency.ts'
import { findDecimal, zero } from '../domain/rating/decimal.ts'
import { type ExchangeRate, exchangeRateDayOf } from '../domain/rating/exchange-rate.ts'
import type { FieldRefusal } from '../domain/rating/field-refusal.ts'
import { parsePriceListVersion } from '../domain/rating/parse-price-list.ts'
import { decidePriceListVersion, type PriceList, type PriceListVersion } from '../domain/rating/price-list.ts'
import { shippedPriceLists } from '../domain/rating/price-lists.ts'
import { conflict, invalid, notFound, Refusal } from '../domain/refusal.ts'
import { findBillingProfile } from '../store/billing-profile.ts'
import type { Db } from '../store/db.ts'
import { findOpenInstant } from '../store/invoice-run.ts'
import {
  assignPriceList,
  insertPriceList,
  insertPriceListVersion,
  listExchangeRates,
  listPriceListAssignments,
  loadPriceLists,
  lockPriceList,
  replaceExchangeRate,
  replacePrices,
  type StoredAssignment,
} from '../store/price-list.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'

const listId = (name: string): string => `/providers/Tenantry.Pricing/priceLists/${name}`

/** The lists that Tenantry comes with; those that are there already stay as they are. */
export async function installShippedPriceLists(db: Db, now: Date): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const list of shippedPriceLists()) {
      const { name, currency } = list
      if (!(await insertPriceList(transaction, { name, displayName: name, currency, createdAt: now }))) continue
      for (const version of list.versions) await insertPriceListVersion(transaction, name, version, now)
    }
  })
}

/** `standard` names the list of that name in the account's currency: `standard`, `standard-sek`. */
export async function findPriceListNameFor(db: Db, wanted: string | undefined, currency: Currency): Promise<string> {
  const name = wanted ?? 'standard'
  const inCurrency = `${name}-${currency.toLowerCase()}`
  const lists = await loadPriceLists(db, [name, inCurrency])
  const found =
    [lists.get(name), lists.get(inCurrency)].find((list) => list?.currency === currency) ??
    (wanted === undefined ? undefined : lists.get(name))
  if (found) return found.name
  throw invalid(
    'PriceListNotFound',
    `There is no price list '${name}' in ${currency}. Publish one with PUT ${listId('{name}')}/versions/1 and name it here.`,
    'properties.priceList',
  )
}

export async function assignPricesOf(db: Db, profile: string, priceListName: string, from: Date): Promise<void> {
  await assignPriceList(db, { profile, priceListName, from })
}

export interface WantedVersion {
  readonly name: string
  readonly version: number
  readonly displayName: string | undefined
  readonly currency: string | undefined
  /** `{effectiveFrom, prices}` as sent; every wrong field is named. */
  readonly terms: unknown
}

/**
 * A published price never changes, and months that are invoiced keep their prices (INV-12, INV-14). Prices that are
 * missing may be added to a version, so that usage that waits for one is billed by the next run.
 */
export async function publishPriceListVersion(
  context: OperationContext,
  wanted: WantedVersion,
): Promise<{ list: PriceList; version: PriceListVersion; isNew: boolean }> {
  authorizeOperator(context)
  const { db, now } = context
  const parsed = parsePriceListVersion(wanted.version, wanted.terms)
  if (parsed.kind === 'refused') throw refusedFields(parsed.refusals)
  const list = (await lockPriceList(db, wanted.name)) ?? (await openList(context, wanted))
  if (wanted.currency !== undefined && wanted.currency !== list.currency)
    throw conflict('PriceListCurrencyFixed', `The price list '${list.name}' is in ${list.currency} and stays so.`)
  const published = list.versions.find(({ version }) => version === parsed.value.version)
  if (published && addsPricesOnly(published, parsed.value)) return addPrices(context, list, published, parsed.value)
  const decision = decidePriceListVersion(list, parsed.value)
  if (decision.kind === 'refused') throw refusedFields(decision.refusals, 'conflict')
  if (decision.kind === 'unchanged') return { list, version: parsed.value, isNew: false }
  await requireOpen(context, new Date(`${parsed.value.effectiveFrom}T00:00:00.000Z`), list.versions.length > 0)
  await insertPriceListVersion(db, list.name, parsed.value, now)
  await appendAudit(context, {
    action: 'Tenantry.Pricing/priceLists/versions/write',
    scope: `${listId(list.name)}/versions/${parsed.value.version}`,
    after: parsed.value,
  })
  return { list: decision.priceList, version: parsed.value, isNew: true }
}

/** A meter that had no price has been on no bill, so that its price may come later, also for months that are invoiced. */
async function addPrices(
  context: OperationContext,
  list: PriceList,
  published: PriceListVersion,
  wanted: PriceListVersion,
): Promise<{ list: PriceList; version: PriceListVersion; isNew: boolean }> {
  await replacePrices(context.db, list.name, wanted)
  await appendAudit(context, {
    action: 'Tenantry.Pricing/priceLists/versions/write',
    scope: `${listId(list.name)}/versions/${wanted.version}`,
    before: published,
    after: wanted,
  })
  const versions = list.versions.map((version) => (version === published ? wanted : version))
  return { list: { ...list, versions }, version: wanted, isNew: false }
}

async function openList(context: OperationContext, wanted: WantedVersion): Promise<PriceList> {
  const currency = wanted.currency === undefined ? undefined : findCurrency(wanted.currency)
  if (!currency)
    throw invalid(
      'CurrencyNotSupported',
      'The first version of a price list names its currency, an ISO 4217 code such as SEK.',
      'properties.currency',
    )
  await insertPriceList(context.db, {
    name: wanted.name,
    displayName: wanted.displayName ?? wanted.name,
    currency,
    createdAt: context.now,
  })
  return { name: wanted.name, currency, versions: [] }
}

export async function getPriceList(context: OperationContext, name: string): Promise<PriceList> {
  authorizeOperator(context)
  const list = (await loadPriceLists(context.db, [name])).get(name)
  if (list) return list
  throw notFound('PriceListNotFound', `The price list '${name}' could not be found.`)
}

export async function listPriceLists(context: OperationContext): Promise<PriceList[]> {
  authorizeOperator(context)
  return [...(await loadPriceLists(context.db)).values()]
}

/**
 * From the start of a month on, a profile's prices come from another list. Months that are invoiced keep theirs, and in
 * the middle of a month tiers could not be told apart.
 */
export async function assignPriceListToProfile(
  context: OperationContext,
  wanted: { readonly priceListName: string; readonly profile: string; readonly from: Date },
): Promise<StoredAssignment> {
  const list = await getPriceList(context, wanted.priceListName)
  const { db } = context
  const profile = await findBillingProfile(db, wanted.profile)
  if (!profile) throw notFound('BillingProfileNotFound', `The billing profile '${wanted.profile}' could not be found.`)
  const day = usageDayOf(wanted.from)
  if (wanted.from.getTime() !== new Date(`${day}T00:00:00.000Z`).getTime() || !isFirstDayOfMonth(day))
    throw invalid(
      'AssignmentStartsWithMonth',
      'A price list is assigned from the first instant of a month on, such as 2026-11-01T00:00:00Z.',
      'properties.from',
    )
  const before = await listPriceListAssignments(db, [profile.name])
  const assigned: StoredAssignment = {
    profile: profile.name,
    priceListName: list.name,
    from: wanted.from,
    to: null,
  }
  if (before.some((one) => isDeepStrictEqual(one, assigned))) return assigned
  await requireOpen(context, wanted.from, true)
  await assignPriceList(db, { profile: profile.name, priceListName: list.name, from: wanted.from })
  await appendAudit(context, {
    action: 'Tenantry.Pricing/priceLists/assignments/write',
    scope: `${listId(list.name)}/assignments/${profile.name}`,
    before,
    after: { from: wanted.from.toISOString() },
  })
  return assigned
}

export async function listAssignments(context: OperationContext, profile: string): Promise<StoredAssignment[]> {
  authorizeOperator(context)
  return listPriceListAssignments(context.db, [profile.toUpperCase()])
}

/** The month's rate, printed on its invoices; fixed once the month is invoiced (INV-12, DEC-36). */
export async function setExchangeRate(
  context: OperationContext,
  wanted: { readonly period: string; readonly from: string; readonly to: string; readonly rate: string },
): Promise<ExchangeRate> {
  authorizeOperator(context)
  const period = findBillingPeriod(wanted.period)
  const from = findCurrency(wanted.from)
  const to = findCurrency(wanted.to)
  const rate = findDecimal(wanted.rate)
  if (!period) throw invalid('InvalidBillingPeriod', 'The period must be a month such as 2026-10.', 'period')
  if (!from || !to || from === to)
    throw invalid('CurrencyNotSupported', 'An exchange rate is between two ISO 4217 currencies.', 'properties')
  if (!rate?.gt(zero))
    throw invalid('InvalidExchangeRate', 'The rate must be a decimal greater than 0, as text.', 'properties.rate')
  await requireOpen(context, startOfPeriod(period), true)
  const exchange: ExchangeRate = { from, to, rate: rate.toFixed(), day: exchangeRateDayOf(period) }
  const before = (await listExchangeRates(context.db, period)).find((one) => one.from === from && one.to === to)
  if (isDeepStrictEqual(before, exchange)) return exchange
  await replaceExchangeRate(context.db, period, exchange, context.now)
  await appendAudit(context, {
    action: 'Tenantry.Pricing/exchangeRates/write',
    scope: `/providers/Tenantry.Pricing/exchangeRates/${period}`,
    ...(before ? { before } : {}),
    after: exchange,
  })
  return exchange
}

export async function readExchangeRates(context: OperationContext, period: string): Promise<ExchangeRate[]> {
  authorizeOperator(context)
  return listExchangeRates(context.db, period)
}

async function requireOpen(context: OperationContext, from: Date, isChange: boolean): Promise<void> {
  const open = isChange ? await findOpenInstant(context.db) : undefined
  if (!open || from >= open) return
  throw conflict(
    'BillingPeriodInvoiced',
    `Months before ${open.toISOString()} are invoiced, and their prices stay. Let the change begin then or later.`,
    'properties.effectiveFrom',
  )
}

function refusedFields(refusals: readonly FieldRefusal[], kind: 'invalid' | 'conflict' = 'invalid'): Refusal {
  const details = refusals.map(({ field, refusal, message }) => ({ code: refusal, target: field, message }))
  return new Refusal(kind, 'PriceListRefused', details.map((detail) => detail.message).join(' '), {
    details,
    ...(details[0] ? { target: details[0].target } : {}),
  })
}
