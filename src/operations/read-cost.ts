import { type CostFilter, endOfDay, holds, parseCostFilter, startOfDay } from '../domain/billing/cost-filter.ts'
import { publishedChargeType } from '../domain/billing/cost.ts'
import { parseCostScope } from '../domain/billing/cost-scope.ts'
import { costWindowOf } from '../domain/billing/cost-window.ts'
import { compareTexts } from '../domain/rating/line-key.ts'
import { invalid } from '../domain/refusal.ts'
import type { OperationContext } from './context.ts'
import { authorizeCosts, type CostAction } from './read-cost-access.ts'
import { type CostItem, type KeyedItem, itemsOf, type PlacedResource } from './read-cost-items.ts'
import { readCostLines, withCostReading } from './read-cost-lines.ts'

export type CostMetric = 'actualcost' | 'amortizedcost' | 'usage'

export interface CostQuery {
  readonly scope: string
  readonly filter: string | undefined
  readonly metric: string | undefined
}

/** The costs of a scope, a row for each day, meter and resource, in the order of profile and day. */
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
    const found: KeyedItem[] = []
    for (const source of sources.toSorted((a, b) => compareTexts(a.profile.name, b.profile.name))) {
      // Keys begin with the profile: those before the page need not be rated, nor those after it.
      if (page.after !== undefined && source.profile.name < (page.after.split('|')[0] ?? '')) continue
      const costs = await readCostLines(context, reading, source, window)
      const rows = (await itemsOf(reading, scope, costs))
        .filter(({ item }) => isAsked(item, filter, metric))
        .filter(({ key }) => page.after === undefined || key > page.after)
      found.push(...rows.toSorted((a, b) => compareTexts(a.key, b.key)))
      if (found.length > page.limit) break
    }
    const shown = found.slice(0, page.limit)
    return {
      items: shown.map(({ item }) => item),
      next: found.length > page.limit ? shown.at(-1)?.key : undefined,
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
      for (const { item } of await itemsOf(reading, scope, await readCostLines(context, reading, source, window)))
        for (const [key, value] of Object.entries(item.resource?.tags ?? {})) {
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

function isAsked({ line, row, resource }: CostItem, filter: CostFilter, metric: CostMetric): boolean {
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
