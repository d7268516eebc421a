import { type CostLine, costLinesOf } from '../domain/billing/cost.ts'
import {
  type NeighbourInfluence,
  neighbourInfluenceOf,
  withNeighboursTogether,
} from '../domain/billing/cost-neighbour.ts'
import type { CostWindow } from '../domain/billing/cost-window.ts'
import type { BillableQuantity, InvoiceNames } from '../domain/billing/invoice-facts.ts'
import {
  type BillingPeriod,
  nextPeriod,
  periodOf,
  periodOfDay,
  getBillingPeriod,
} from '../domain/rating/billing-period.ts'
import { getCurrency } from '../domain/rating/currency.ts'
import type { ExchangeRate } from '../domain/rating/exchange-rate.ts'
import type { PriceListAssignment } from '../domain/rating/price-book.ts'
import type { PriceList } from '../domain/rating/price-list.ts'
import {
  findLastDocumentPeriod,
  listSubscriptionsPaidBy,
  listUsagePeriodsOn,
  loadDocumentedLines,
} from '../store/cost.ts'
import type { DbTransaction } from '../store/db.ts'
import { loadLastInvoiceDates, loadUsagePrints } from '../store/invoice.ts'
import { loadAssignedPriceLists } from '../store/price-list.ts'
import type { OperationContext } from './context.ts'
import { lateMs, loadCommon, monthsBetween } from './load-invoice-facts.ts'
import type { CostSource } from './read-cost-access.ts'

export interface SourceCosts {
  readonly source: CostSource
  readonly lines: readonly CostLine[]
  readonly names: InvoiceNames
}

/** Remembers between the profiles of one answer what they share. */
export interface CostReading {
  readonly read: DbTransaction
  readonly lists: Map<string, PriceList>
  readonly rates: Map<string, readonly ExchangeRate[]>
}

/**
 * Everything of one answer is read at one instant, so that usage, documents and what is pending fit together while
 * invoices are being issued. Nothing is kept from one answer to the next: what is reported is in the next one.
 */
export function withCostReading<T>(context: OperationContext, work: (reading: CostReading) => Promise<T>): Promise<T> {
  return context.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((read) => work({ read, lists: new Map(), rates: new Map() }))
}

/** How many subscriptions are rated at once, where a page needs no more. */
const chunkSize = 200

/** `page`: a few subscriptions at a time, in the order of their ids and from one of these on; `all`: every line. */
export type CostPortion =
  | { readonly kind: 'page'; readonly fromSubscription: string | undefined }
  | { readonly kind: 'all' }

/**
 * The lines of one profile in the window that the caller may see. A page costs no more than it shows, unless prices
 * look at every line of the profile.
 */
export async function* readCosts(
  context: OperationContext,
  reading: CostReading,
  source: CostSource,
  window: CostWindow,
  portion: CostPortion,
): AsyncGenerator<SourceCosts> {
  const { read, lists } = reading
  const { profile, section, subscriptionId } = source
  const priceLists = (await loadAssignedPriceLists(read, [profile.name], lists)).get(profile.name) ?? []
  const firstOpen = await firstOpenPeriod(reading, source)
  const periods = await usagePeriodsOf(reading, source, window, firstOpen)
  const influence = neighbourInfluenceOf(priceLists)
  const rated = { priceLists, influence, firstOpen, periods, window }
  if (influence === 'whole' || (influence === 'position' && portion.kind === 'all' && subscriptionId === undefined)) {
    yield await rateLines(context, reading, source, rated, undefined)
    return
  }
  if (subscriptionId !== undefined) {
    yield await rateLines(context, reading, source, rated, [subscriptionId])
    return
  }
  let from = portion.kind === 'page' ? portion.fromSubscription : undefined
  for (;;) {
    // One more than is rated, for the next ones to begin with.
    const ids = await listSubscriptionsPaidBy(read, profile.name, { section, from, limit: chunkSize + 1 })
    const chunk = ids.slice(0, chunkSize)
    if (chunk.length > 0) yield await rateLines(context, reading, source, rated, chunk)
    from = ids[chunkSize]
    if (from === undefined) return
  }
}

interface Rated {
  readonly priceLists: readonly PriceListAssignment[]
  readonly influence: NeighbourInfluence
  readonly firstOpen: BillingPeriod
  readonly periods: readonly BillingPeriod[]
  readonly window: CostWindow
}

async function rateLines(
  context: OperationContext,
  reading: CostReading,
  source: CostSource,
  { priceLists, influence, firstOpen, periods, window }: Rated,
  subscriptionIds: readonly string[] | undefined,
): Promise<SourceCosts> {
  const { read, lists, rates } = reading
  const { profile } = source
  const months = new Map(periods.map((period) => [period, { period, quantities: [] as BillableQuantity[] }]))
  for await (const row of context.usage.quantities({
    tx: read,
    billingProfileName: profile.name,
    periods,
    ...(subscriptionIds && influence === 'none' ? { subscriptionIds } : {}),
  }))
    months.get(periodOfDay(row.usageDay))?.quantities.push(row)
  if (subscriptionIds && influence === 'position')
    for (const [period, { quantities }] of months)
      months.set(period, { period, quantities: withNeighboursTogether(quantities, subscriptionIds) })
  const rateable = subscriptionIds && new Set(subscriptionIds)
  const documented = await loadDocumentedLines(read, profile.name, periods, subscriptionIds)
  const query = { read, tx: read, usage: context.usage, profiles: [profile], lists, rates }
  const { names, elsewhere } = await loadCommon(query, [...months.values()], documented)
  const currency = getCurrency(profile.currency)
  const own = new Set([...months.values()].flatMap((month) => month.quantities.map((row) => row.subscriptionId)))
  const lines = [...months.values()].flatMap(({ period, quantities }) =>
    costLinesOf(
      { period: period > firstOpen ? period : firstOpen, profile: { currency }, priceLists, names },
      {
        period,
        quantities,
        elsewhere: (elsewhere.get(period) ?? []).filter(
          (row) => row.billingProfileName !== profile.name && own.has(row.subscriptionId),
        ),
        billed: [],
        exchangeRates: rates.get(period) ?? [],
      },
      documented.filter((line) => line.usagePeriod === period),
      (place) => (!rateable || rateable.has(place.subscriptionId)) && source.includes(place),
    ),
  )
  const asked = new Set(window.periods)
  return {
    source,
    names,
    lines: lines.filter((line) => asked.has(window.by === 'usage' ? line.usagePeriod : line.billingPeriod)),
  }
}

/** The month whose document the profile gets next; what is not on a document yet comes on this one or a later one. */
async function firstOpenPeriod({ read }: CostReading, { profile }: CostSource): Promise<BillingPeriod> {
  const last = await findLastDocumentPeriod(read, profile.name)
  return last ? nextPeriod(last) : periodOf(profile.createdAt)
}

/** The months of usage that the window's costs are about: late usage brings earlier ones onto a document. */
async function usagePeriodsOf(
  { read }: CostReading,
  { profile }: CostSource,
  window: CostWindow,
  firstOpen: BillingPeriod,
): Promise<readonly BillingPeriod[]> {
  if (window.by === 'usage') return window.periods
  const periods = new Set([...window.periods, ...(await listUsagePeriodsOn(read, profile.name, window.periods))])
  if (window.periods.includes(firstOpen)) {
    const since = (await loadLastInvoiceDates(read, [profile.name])).get(profile.name) ?? profile.createdAt
    for (const period of monthsBetween(periodOf(new Date(since.getTime() - lateMs)), firstOpen)) periods.add(period)
    // A month that waits for a price is looked at however old it is.
    for (const [key, print] of await loadUsagePrints(read, [profile.name]))
      if (print === '') periods.add(getBillingPeriod(key.split(' ')[1] ?? ''))
  }
  return [...periods].toSorted()
}
