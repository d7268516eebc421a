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

export interface KeyedItem {
  /** Unique, and in the order of the list. */
  readonly key: string
  readonly item: CostItem
}

/** The rows of the lines, with what they are about; of a resource group, those of what was in it at that time. */
export async function itemsOf(
  { read }: CostReading,
  scope: CostScope,
  { source, lines, names }: SourceCosts,
): Promise<KeyedItem[]> {
  const uids = [...new Set(lines.flatMap(({ key }) => key.resourceId ?? []))].filter(isGuid)
  const resources = await loadCostResources(read, uids)
  const centers = await loadCostCenters(read, [...names.subscriptions.keys()])
  const group = scope.kind === 'subscription' ? scope.resourceGroup?.toLowerCase() : undefined
  return lines.flatMap((line) =>
    line.rows.flatMap((row) => {
      const { subscriptionId, resourceId, invoiceSectionId } = line.key
      const resource = placedOn(resources.get(resourceId ?? ''), subscriptionId, row)
      if (group !== undefined && resource?.resourceGroup.toLowerCase() !== group) return []
      const key = keyOf(source, line, row)
      const showsPayer = source.showsPayer(line)
      const item: CostItem = {
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
      return [{ key, item }]
    }),
  )
}

function keyOf(source: CostSource, { key, ...line }: CostLine, row: CostRow): string {
  return [
    source.profile.name,
    row.firstDay,
    row.lastDay,
    key.subscriptionId,
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

/** Where the resource was at the end of the row's time: a move takes the costs from its day on along. */
function placedOn(
  resource: CostResource | undefined,
  subscriptionId: string,
  row: CostRow,
): PlacedResource | undefined {
  if (!resource) return undefined
  const [start, end] = [startOfDay(row.firstDay), endOfDay(row.lastDay)]
  const inSubscription = resource.placements.filter((placement) => placement.subscriptionId === subscriptionId)
  const place = inSubscription.find(({ from, to }) => from <= end && (to === null || to > start)) ?? inSubscription[0]
  if (!place) return undefined
  const { type, name, location, tags } = resource
  const [namespace, ...types] = type.split('/')
  const names = name.split('/')
  const path = types.map((part, index) => `${part}/${names[index] ?? ''}`).join('/')
  const { resourceGroup } = place
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${namespace}/${path}`
  return { id, type, name, location, tags, resourceGroup }
}
