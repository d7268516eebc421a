import { parseResourceId } from '../../domain/resource/resource-id.ts'
import { invalid } from '../../domain/refusal.ts'
import type { KeptAuditRecord } from '../../operations/read-audit-log.ts'

type WireEvent = Readonly<Record<string, unknown>>

/** EventData of ActivityLogs_List; before and after are texts, because properties are texts there. */
export function toWireEvent(record: KeptAuditRecord, subscriptionId: string, tenantId: string): WireEvent {
  const resource = parseResourceId(record.scope)
  const group = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(record.scope)?.[1]
  const provider = record.action.split('/', 1)[0] ?? ''
  const at = record.occurredAt.toISOString()
  return {
    authorization: { action: record.action, scope: record.scope },
    caller: record.principalName ?? 'Tenantry',
    claims: {
      ...(record.tenantId === null ? {} : { 'http://schemas.microsoft.com/identity/claims/tenantid': record.tenantId }),
      ...(record.principalId === null
        ? {}
        : { 'http://schemas.microsoft.com/identity/claims/objectidentifier': record.principalId }),
      ...(record.principalName === null ? {} : { name: record.principalName }),
    },
    category: localizable('Administrative'),
    correlationId: record.correlationId,
    description: '',
    eventDataId: record.sequence.toString(),
    eventName: localizable('EndRequest'),
    eventTimestamp: at,
    id: `${record.scope}/events/${record.sequence}/ticks/${ticksOf(record.occurredAt)}`,
    level: 'Informational',
    operationId: record.correlationId,
    operationName: localizable(record.action),
    properties: {
      ...(record.before === null ? {} : { before: JSON.stringify(record.before) }),
      ...(record.after === null ? {} : { after: JSON.stringify(record.after) }),
      hash: record.hash,
    },
    ...(group === undefined ? {} : { resourceGroupName: group }),
    resourceId: record.scope,
    resourceProviderName: localizable(provider),
    ...(resource ? { resourceType: localizable(resource.type) } : {}),
    status: localizable('Succeeded'),
    subStatus: localizable(''),
    submissionTimestamp: at,
    subscriptionId,
    tenantId,
  }
}

const localizable = (value: string) => ({ value, localizedValue: value })

/** Hundreds of nanoseconds since the year 1, as the ids of Azure's events count. */
const ticksOf = (instant: Date): bigint => (BigInt(instant.getTime()) + 62_135_596_800_000n) * 10_000n

const selectable = [
  'authorization',
  'claims',
  'correlationId',
  'description',
  'eventDataId',
  'eventName',
  'eventTimestamp',
  'httpRequest',
  'level',
  'operationId',
  'operationName',
  'properties',
  'resourceGroupName',
  'resourceProviderName',
  'resourceId',
  'status',
  'submissionTimestamp',
  'subStatus',
  'subscriptionId',
]

/** The names of `$select` as the specification lists them; without it everything. */
export function readEventSelection(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text.trim() === '') return undefined
  return text.split(',').map((part) => {
    const name = selectable.find((candidate) => candidate.toLowerCase() === part.trim().toLowerCase())
    if (name === undefined)
      throw invalid('BadRequest', `'${part.trim()}' cannot be selected. Choose of ${selectable.join(', ')}.`, '$select')
    return name
  })
}

export const selectOfEvent = (event: WireEvent, names: readonly string[] | undefined): WireEvent =>
  names === undefined ? event : Object.fromEntries(Object.entries(event).filter(([name]) => names.includes(name)))
