import { createHash } from 'node:crypto'
import { endOfDay, startOfDay } from '../domain/billing/cost-filter.ts'
import type { CostLine, CostRow } from '../domain/billing/cost.ts'
import type { CostScope } from '../domain/billing/cost-scope.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { type CostResource, loadCostCenters, loadCostResources } from '../store/cost.ts'
import type { CostSource } from './read-cost-access.ts'
import type { CostReading, SourceCosts } from './read-cost-lines.ts'

/** A resource where it was on the day of a cost. */
export interface PlacedResource extends Pick<CostResource, 'type' | 'name' | 'location' | 'tags'> {
  readonly id: string
  readonly resourceGroup: string
}

export interface CostItem {
  /** The same for the same row in every answer. */
  readonly name: string
  readonly line: CostLine
  readonly row: CostRow
  readonly account: CostSource['account']
  readonly profile: CostSource['profile']
  readonly showsPayer: boolean
  readonly sectionName: string | undefined
  readonly subscriptionName: string
  readonly costCenter: string | undefined
  readonly resource: PlacedResource | undefined
}

/** A row as far as it takes to choose and order it. */
export interface CostEntry {
  /** Unique, and in the order of the list: profile, subscription, day. */
  readonly key: string
  readonly line: CostLine
  readonly row: CostRow
  readonly resource: PlacedResource | undefined
  readonly costs: SourceCosts
}

/** The rows of the lines, with what they are about; of a resource group, those of what was in it at that time. */
export async function entriesOf(
  { read }: CostReading,
  scope: CostScope,
  costs: SourceCosts,
): Promise<readonly CostEntry[]> {
  const uids = [...new Set(costs.lines.flatMap(({ key }) => key.resourceId ?? []))].filter(isGuid)
  const resources = await loadCostResources(read, uids)
  const group = scope.kind === 'subscription' ? scope.resourceGroup?.toLowerCase() : undefined
  const entries: CostEntry[] = []
  for (const line of costs.lines) {
    const resource = resources.get(line.key.resourceId ?? '')
    const places = resource ? placesOf(resource, line.key.subscriptionId) : []
    for (const row of line.rows) {
      const placed = placeOn(places, row)
      if (group !== undefined && placed?.resourceGroup.toLowerCase() !== group) continue
      entries.push({ key: keyOf(costs.source, line, row), line, row, resource: placed, costs })
    }
  }
  return entries
}

/** Everything that is shown of the rows of a page. */
export async function describeEntries(
  { read }: CostReading,
  entries: readonly CostEntry[],
): Promise<readonly CostItem[]> {
  const ids = [...new Set(entries.map(({ line }) => line.key.subscriptionId))]
  const centers = await loadCostCenters(read, ids)
  return entries.map(({ key, line, row, resource, costs: { source, names } }) => {
    const { subscriptionId, invoiceSectionId } = line.key
    const showsPayer = source.showsPayer(line)
    return {
      name: guidOf(key),
      line,
      row,
      account: source.account,
      profile: source.profile,
      showsPayer,
      sectionName: showsPayer && invoiceSectionId !== null ? names.sections.get(invoiceSectionId) : undefined,
      subscriptionName: names.subscriptions.get(subscriptionId)?.displayName ?? subscriptionId,
      costCenter: showsPayer ? centers.get(subscriptionId) : undefined,
      resource,
    }
  })
}

/** The subscription that a key stands in. */
export const subscriptionOfKey = (key: string): { readonly profile: string; readonly subscriptionId: string } => {
  const [profile = '', subscriptionId = ''] = key.split('|')
  return { profile, subscriptionId }
}

function keyOf(source: CostSource, { key, ...line }: CostLine, row: CostRow): string {
  return [
    source.profile.name,
    key.subscriptionId,
    row.firstDay,
    row.lastDay,
    key.meterId,
    key.resourceId ?? '',
    key.invoiceSectionId ?? key.customerId ?? '',
    key.lineKind,
    key.priceListName,
    key.priceVersion,
    line.billingPeriod,
    line.document?.id ?? '',
  ].join('|')
}

function guidOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

interface Place {
  readonly from: Date
  readonly to: Date | null
  readonly resource: PlacedResource
}

/** The places of a resource in a subscription, the latest first. */
function placesOf({ type, name, location, tags, placements }: CostResource, subscriptionId: string): readonly Place[] {
  const [namespace, ...types] = type.split('/')
  const names = name.split('/')
  const path = types.map((part, index) => `${part}/${names[index] ?? ''}`).join('/')
  return placements
    .filter((placement) => placement.subscriptionId === subscriptionId)
    .map(({ resourceGroup, from, to }) => {
      const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${namespace}/${path}`
      return { from, to, resource: { id, type, name, location, tags, resourceGroup } }
    })
}

/** Where it was at the end of the row's time: a move takes the costs from its day on along. */
function placeOn(places: readonly Place[], row: CostRow): PlacedResource | undefined {
  const [latest, another] = places
  if (!another) return latest?.resource
  const [start, end] = [startOfDay(row.firstDay), endOfDay(row.lastDay)]
  return (places.find(({ from, to }) => from <= end && (to === null || to > start)) ?? latest)?.resource
}
