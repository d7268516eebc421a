import { type CostFilter, endOfDay, holds, parseCostFilter, startOfDay } from '../domain/billing/cost-filter.ts'
import { publishedChargeType } from '../domain/billing/cost.ts'
import { parseCostScope } from '../domain/billing/cost-scope.ts'
import { costWindowOf } from '../domain/billing/cost-window.ts'
import { compareTexts } from '../domain/rating/line-key.ts'
import { invalid } from '../domain/refusal.ts'
import type { OperationContext } from './context.ts'
import { authorizeCosts, type CostAction } from './read-cost-access.ts'
import {
  type CostEntry,
  type CostItem,
  describeEntries,
  entriesOf,
  type PlacedResource,
  subscriptionOfKey,
} from './read-cost-items.ts'
import { readCosts, withCostReading } from './read-cost-lines.ts'

export type CostMetric = 'actualcost' | 'amortizedcost' | 'usage'

export interface CostQuery {
  readonly scope: string
  readonly filter: string | undefined
  readonly metric: string | undefined
}

/** The costs of a scope, a row for each day, meter and resource, in the order of profile, subscription and day. */
export async function listUsageDetails(
  context: OperationContext,
  query: CostQuery,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly items: readonly CostItem[]; readonly next: string | undefined }> {
  const scope = parseCostScope(query.scope)
  const sources = await authorizeCosts(context, scope, 'Microsoft.Consumption/usageDetails/read')
  const filter = parseCostFilter(query.filter)
  const metric = metricOf(query.metric)
  const window = costWindowOf(filter, scope.period, context.now)
  return withCostReading(context, async (reading) => {
    const { after, limit } = page
    const reached = after === undefined ? undefined : subscriptionOfKey(after)
    const found: CostEntry[] = []
    for (const source of sources.toSorted((a, b) => compareTexts(a.profile.name, b.profile.name))) {
      // Keys begin with profile and subscription: what is before the page need not be rated, nor what is after it.
      if (reached && source.profile.name < reached.profile) continue
      const fromSubscription = source.profile.name === reached?.profile ? reached.subscriptionId : undefined
      for await (const costs of readCosts(context, reading, source, window, { kind: 'page', fromSubscription })) {
        const entries = (await entriesOf(reading, scope, costs)).filter(
          (entry) => (after === undefined || entry.key > after) && isAsked(entry, filter, metric),
        )
        for (const entry of entries.toSorted((a, b) => compareTexts(a.key, b.key))) found.push(entry)
        if (found.length > limit) break
      }
      if (found.length > limit) break
    }
    const shown = found.slice(0, limit)
    return {
      items: await describeEntries(reading, shown),
      next: found.length > limit ? shown.at(-1)?.key : undefined,
    }
  })
}

/** The tags of what costs something in the month. */
export async function listCostTags(
  context: OperationContext,
  scopeId: string,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const scope = parseCostScope(scopeId)
  const sources = await authorizeCosts(context, scope, 'Microsoft.Consumption/tags/read')
  const window = costWindowOf({ dates: [], texts: [] }, scope.period, context.now)
  return withCostReading(context, async (reading) => {
    const tags = new Map<string, Set<string>>()
    for (const source of sources)
      for await (const costs of readCosts(context, reading, source, window, { kind: 'all' }))
        for (const { resource } of await entriesOf(reading, scope, costs))
          for (const [key, value] of Object.entries(resource?.tags ?? {})) {
            const values = tags.get(key) ?? new Set()
            tags.set(key, values.add(value))
          }
    return tags
  })
}

/** Nothing is sold through a marketplace; who may see costs may know it. */
export async function authorizeCostReader(context: OperationContext, scope: string, action: CostAction): Promise<void> {
  await authorizeCosts(context, parseCostScope(scope), action)
}

function metricOf(text: string | undefined): CostMetric {
  const wanted = text?.toLowerCase() ?? 'actualcost'
  if (wanted === 'actualcost' || wanted === 'amortizedcost' || wanted === 'usage') return wanted
  throw invalid('InvalidMetric', `There is no metric '${text}'. Use actualcost, amortizedcost or usage.`, 'metric')
}

function isAsked({ line, row, resource }: CostEntry, filter: CostFilter, metric: CostMetric): boolean {
  // Nothing is bought for a term here, so that amortised costs are the actual ones.
  if (metric === 'usage' && publishedChargeType(line) !== 'Usage' && publishedChargeType(line) !== 'Adjustment')
    return false
  const isInTime = filter.dates.every((condition) =>
    holds(condition, condition.property === 'usageStart' ? startOfDay(row.firstDay) : endOfDay(row.lastDay)),
  )
  if (!isInTime) return false
  return filter.texts.every(({ property, value }) => {
    const wanted = value.toLowerCase()
    switch (property) {
      case 'resourceGroup':
        return resource?.resourceGroup.toLowerCase() === wanted
      case 'resourceName':
        return resource?.name.toLowerCase() === wanted
      case 'resourceId':
        return resource?.id.toLowerCase() === wanted
      case 'instanceName':
        return resource?.id.toLowerCase() === wanted || resource?.name.toLowerCase() === wanted
      case 'meterId':
        return line.key.meterId === wanted
      case 'chargeType':
        return publishedChargeType(line).toLowerCase() === wanted
      default:
        return hasTag(resource, value)
    }
  })
}

function hasTag(resource: PlacedResource | undefined, pair: string): boolean {
  const colon = pair.indexOf(':')
  const name = (colon < 0 ? pair : pair.slice(0, colon)).toLowerCase()
  return Object.entries(resource?.tags ?? {}).some(
    ([key, value]) => key.toLowerCase() === name && (colon < 0 || value === pair.slice(colon + 1)),
  )
}
