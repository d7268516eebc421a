import { createHash } from 'node:crypto'
import type { BillableQuantity, BilledInvoiceLine, InvoiceFacts, UsageMonth } from '../domain/billing/invoice-facts.ts'
import type { Seller } from '../domain/billing/seller.ts'
import {
  type BillingPeriod,
  getBillingPeriod,
  nextPeriod,
  periodOf,
  periodOfDay,
} from '../domain/rating/billing-period.ts'
import { getCurrency } from '../domain/rating/currency.ts'
import type { ExchangeRate } from '../domain/rating/exchange-rate.ts'
import type { PriceList } from '../domain/rating/price-list.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { type BillingAccount, listBillingAccounts } from '../store/billing-account.ts'
import type { BillingProfile } from '../store/billing-profile.ts'
import type { Db } from '../store/db.ts'
import { loadLastInvoiceDates, loadUsagePrints } from '../store/invoice.ts'
import { loadBilledLines } from '../store/invoice-line.ts'
import {
  listSharedSubscriptions,
  loadCustomerNames,
  loadInvoicedLinks,
  loadInvoicedResources,
  loadInvoicedSubscriptions,
  loadSectionNames,
} from '../store/invoice-facts.ts'
import { listExchangeRates, loadAssignedPriceLists } from '../store/price-list.ts'
import { loadProductsToCharge } from '../store/product-placement.ts'
import type { OpenTransaction, UsageStore } from '../usage/usage-store.ts'

/** What a run or a preview asks for; `lists` and `rates` remember between chunks what does not change in a run. */
export interface FactsQuery {
  readonly read: Db
  /** The transaction itself, so that the usage store sees what `read` sees; absent on the pool. */
  readonly tx?: OpenTransaction
  readonly usage: UsageStore
  readonly profiles: readonly BillingProfile[]
  readonly period: BillingPeriod
  readonly cutoff: InvoiceFacts['cutoff']
  readonly seller: Seller
  readonly lists: Map<string, PriceList>
  readonly rates: Map<string, readonly ExchangeRate[]>
}

/** The part that prices and names are loaded by, for any set of months. */
export type CommonQuery = Omit<FactsQuery, 'period' | 'cutoff' | 'seller'>

export interface LoadedFacts {
  readonly facts: InvoiceFacts
  /** What of each month's usage was seen, so that a later run knows whether it changed. */
  readonly prints: ReadonlyMap<BillingPeriod, string>
}

/** Late usage is taken for 90 days after its time; a day more for the difference of a run's date and its cut-off. */
export const lateMs = 91 * 86_400_000

/** The facts of the invoices of several profiles, in the order of the profiles. */
export async function loadInvoiceFacts(query: FactsQuery): Promise<LoadedFacts[]> {
  const { read, profiles, period } = query
  const names = profiles.map((profile) => profile.name)
  const [prints, lastDates] = [await loadUsagePrints(read, names), await loadLastInvoiceDates(read, names)]
  const months = new Map<string, ProfileMonth>()
  for (const profile of profiles) {
    const since = lastDates.get(profile.name) ?? profile.createdAt
    const printed = [...prints].filter(([key]) => key.startsWith(`${profile.name} `))
    // Older months cannot have changed; but one that waits for a price has to be looked at, however old.
    const waiting = printed.filter(([, print]) => print === '').map(([key]) => monthOfKey(key))
    const first = [periodOf(new Date(since.getTime() - lateMs)), ...waiting].toSorted()[0]!
    await readMonths(query, profile.name, monthsBetween(first, period), months)
    // A month of which nothing is left has no quantities, and what was billed of it goes back.
    for (const [key] of printed) {
      const month = monthOfKey(key)
      if (month >= first && month <= period && !months.has(key)) months.set(key, monthOf(profile.name, month))
    }
  }
  for (const profile of names) {
    const key = `${profile} ${period}`
    if (!months.has(key)) months.set(key, monthOf(profile, period))
  }
  for (const [key, month] of months) {
    month.print = month.hash.digest('base64url')
    // What has not changed since it was billed comes to the same lines again.
    if (month.period !== period && prints.get(key) === month.print) months.delete(key)
  }
  const earlier = [...months.values()].filter((month) => month.period !== period)
  const billed = await loadBilledLines(read, earlier)
  const common = await loadCommon(query, [...months.values()], [...billed.values()].flat())
  const products = await loadProductsToCharge(read, names, period)
  return profiles.map((profile) => {
    const own = [...months.values()].filter((month) => month.profile === profile.name)
    return {
      facts: {
        ...factsOf(query, profile, own, billed, common),
        products: products.get(profile.name) ?? { billedUntil: null, placements: [] },
      },
      prints: new Map(own.map((month) => [month.period, month.print])),
    }
  })
}

const monthOfKey = (key: string): BillingPeriod => getBillingPeriod(key.split(' ')[1] ?? '')

interface ProfileMonth {
  readonly profile: string
  readonly period: BillingPeriod
  readonly quantities: BillableQuantity[]
  readonly hash: ReturnType<typeof createHash>
  print: string
}

function monthOf(profile: string, period: BillingPeriod): ProfileMonth {
  return { profile, period, quantities: [], hash: createHash('sha256'), print: '' }
}

async function readMonths(
  query: FactsQuery,
  profile: string,
  periods: readonly BillingPeriod[],
  into: Map<string, ProfileMonth>,
): Promise<void> {
  const { tx } = query
  for await (const row of query.usage.quantities({ billingProfileName: profile, periods, ...(tx ? { tx } : {}) })) {
    const period = periodOfDay(row.usageDay)
    const key = `${profile} ${period}`
    let month = into.get(key)
    if (!month) {
      month = monthOf(profile, period)
      into.set(key, month)
    }
    month.quantities.push(row)
    month.hash.update(
      `${row.placementId ?? ''} ${row.subscriptionId} ${row.meterId} ${row.groupingKey} ${row.usageDay} ${row.quantity}\n`,
    )
  }
}

export interface CommonFacts {
  readonly accounts: ReadonlyMap<string, BillingAccount>
  readonly priceLists: Awaited<ReturnType<typeof loadAssignedPriceLists>>
  readonly names: InvoiceFacts['names']
  readonly elsewhere: ReadonlyMap<
    string,
    readonly (BillableQuantity & { readonly billingProfileName: string | null })[]
  >
}

/** Prices, names and the quantities of other payers that count with these months'. */
export async function loadCommon(
  query: CommonQuery,
  months: readonly Pick<ProfileMonth, 'period' | 'quantities'>[],
  billed: readonly BilledInvoiceLine[],
): Promise<CommonFacts> {
  const { read, profiles } = query
  const subscriptionIds = new Set<string>()
  const keys = new Set<string>()
  // A line of which nothing is left is taken back under the names it was billed under.
  for (const { subscriptionId, groupingKey } of [...months.flatMap((month) => month.quantities), ...billed]) {
    subscriptionIds.add(subscriptionId)
    keys.add(groupingKey)
  }
  const uids = [...keys].filter(isGuid)
  const profileNames = profiles.map((profile) => profile.name)
  const accountNames = [...new Set(profiles.map((profile) => profile.billingAccountName))]
  const accounts = await listBillingAccounts(read, accountNames, { limit: accountNames.length })
  const links = await loadInvoicedLinks(read, uids)
  for (const month of months)
    if (!query.rates.has(month.period)) query.rates.set(month.period, await listExchangeRates(read, month.period))
  return {
    accounts: new Map(accounts.map((account) => [account.name, account])),
    priceLists: await loadAssignedPriceLists(read, profileNames, query.lists),
    names: {
      sections: await loadSectionNames(read, profileNames),
      customers: await loadCustomerNames(read, profileNames),
      subscriptions: await loadInvoicedSubscriptions(read, [...subscriptionIds]),
      links,
      resources: await loadInvoicedResources(
        read,
        uids.filter((uid) => !links.has(uid)),
      ),
    },
    elsewhere: await loadElsewhere(query, [...subscriptionIds], [...new Set(months.map((month) => month.period))]),
  }
}

/** Quantities of subscriptions that had several payers, by month, whoever pays (DEC-33). */
async function loadElsewhere(
  query: CommonQuery,
  subscriptionIds: readonly string[],
  periods: readonly BillingPeriod[],
) {
  const elsewhere = new Map<string, (BillableQuantity & { billingProfileName: string | null })[]>()
  const shared = await listSharedSubscriptions(query.read, subscriptionIds)
  if (shared.length === 0) return elsewhere
  const { tx } = query
  for await (const row of query.usage.quantities({ subscriptionIds: shared, periods, ...(tx ? { tx } : {}) })) {
    const period = periodOfDay(row.usageDay)
    const of = elsewhere.get(period) ?? []
    of.push(row)
    elsewhere.set(period, of)
  }
  return elsewhere
}

function factsOf(
  query: FactsQuery,
  profile: BillingProfile,
  months: readonly ProfileMonth[],
  billed: ReadonlyMap<string, readonly BilledInvoiceLine[]>,
  common: CommonFacts,
): Omit<InvoiceFacts, 'products'> {
  const account = common.accounts.get(profile.billingAccountName)
  if (!account) throw new Error(`the profile ${profile.name} has no account`)
  const own = new Set(months.flatMap((month) => month.quantities.map((quantity) => quantity.subscriptionId)))
  return {
    period: query.period,
    seller: query.seller,
    account: { name: account.name, displayName: account.displayName, soldTo: account.soldTo },
    profile: { ...profile, currency: getCurrency(profile.currency) },
    cutoff: query.cutoff,
    priceLists: common.priceLists.get(profile.name) ?? [],
    months: months.map(
      (month): UsageMonth => ({
        period: month.period,
        quantities: month.quantities,
        elsewhere: (common.elsewhere.get(month.period) ?? []).filter(
          (row) => row.billingProfileName !== profile.name && own.has(row.subscriptionId),
        ),
        billed: billed.get(`${profile.name} ${month.period}`) ?? [],
        exchangeRates: query.rates.get(month.period) ?? [],
      }),
    ),
    names: common.names,
  }
}

export function monthsBetween(first: BillingPeriod, last: BillingPeriod): BillingPeriod[] {
  const months: BillingPeriod[] = []
  for (let month = first; month <= last; month = nextPeriod(month)) months.push(month)
  return months
}
