import { meteringEventsWrite } from '../domain/directory/app-roles.ts'
import type { ParsedItem, UsageEvent } from '../domain/metering/usage-event.ts'
import { listTenantsWithAppRole } from '../store/event-reporter.ts'
import type { ItemOutcome, Reporter, UsageStore } from '../usage/usage-store.ts'
import { allowsResourceData } from './authorize.ts'
import type { OperationContext } from './context.ts'

export const eventsWrite = 'Tenantry.Metering/events/write'

/** What a request reports about: identity tenants, and resources by their ids as sent. */
export interface ReportTargets {
  readonly tenantIds: ReadonlySet<string>
  readonly resourceIds: ReadonlySet<string>
}

/** Of what a request reports about, what its sender may report about; asked once a request. */
export type FindReportable = (targets: ReportTargets) => Promise<ReportTargets>

/**
 * Takes in the items that are well-formed and permitted, and answers for each, in order. What is not permitted is
 * refused alone; the rest of the request is kept.
 */
export async function appendEvents(
  usage: UsageStore,
  reporter: Reporter,
  items: readonly ParsedItem[],
  findReportable: FindReportable,
): Promise<readonly ItemOutcome[]> {
  const reportable = await findReportable(targetsOf(items))
  const outcomes = new Array<ItemOutcome | undefined>(items.length)
  const permitted: UsageEvent[] = []
  for (let index = 0; index < items.length; index++) {
    const { event, refusal } = items[index]!
    if (refusal) outcomes[index] = { status: 'rejected', code: refusal.code, message: refusal.message }
    else if (isReportable(reportable, event)) permitted.push(event)
    else outcomes[index] = notPermitted(event)
  }
  const stored = await usage.append(reporter, permitted)
  if (permitted.length === items.length) return stored
  let next = 0
  return Array.from(outcomes, (outcome) => outcome ?? stored[next++]!)
}

function targetsOf(items: readonly ParsedItem[]): ReportTargets {
  const tenantIds = new Set<string>()
  const resourceIds = new Set<string>()
  let last = ''
  for (const { event } of items) {
    if (!event) continue
    if (event.type === 'usage') resourceIds.add(event.subject)
    else if (event.identityTenantId !== last) tenantIds.add((last = event.identityTenantId))
  }
  return { tenantIds, resourceIds }
}

function isReportable({ tenantIds, resourceIds }: ReportTargets, event: UsageEvent): boolean {
  return event.type === 'usage' ? resourceIds.has(event.subject) : tenantIds.has(event.identityTenantId)
}

function notPermitted(event: UsageEvent): ItemOutcome {
  const message =
    event.type === 'usage'
      ? `The sender may not report usage of ${event.subject}. Assign it the role 'Usage Publisher' there, on the resource ` +
        'group or on the subscription.'
      : `The sender may not report sign-ins of the tenant ${event.identityTenantId}. Its administrator gives the ` +
        `application the app role '${meteringEventsWrite.value}' in that tenant.`
  return { status: 'rejected', code: 'AuthorizationFailed', message }
}

/**
 * Sign-ins of a tenant are reported by an application that holds the app role there; usage of a resource by whoever has
 * a role with the data action on it or above it.
 */
export function reportableBy(
  context: Pick<OperationContext, 'db' | 'caller'> & { readNow(): Promise<Date> },
): FindReportable {
  return async ({ tenantIds, resourceIds }) => ({
    tenantIds: await findReportableTenants(context, tenantIds),
    resourceIds:
      resourceIds.size > 0
        ? await findReportableResources({ ...context, now: await context.readNow() }, resourceIds)
        : resourceIds,
  })
}

async function findReportableTenants(
  { db, caller }: Pick<OperationContext, 'db' | 'caller'>,
  tenantIds: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  if (tenantIds.size === 0 || caller.kind !== 'servicePrincipal') return new Set()
  return new Set(await listTenantsWithAppRole(db, caller, meteringEventsWrite.id, [...tenantIds]))
}

/** Asks from the subscription downwards, so that the many resources of one scope cost one question. */
async function findReportableResources(
  context: Pick<OperationContext, 'db' | 'caller' | 'now'>,
  resourceIds: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const answers = new Map<string, Promise<boolean>>()
  const allows = (scope: string): Promise<boolean> => {
    const key = scope.toLowerCase()
    let answer = answers.get(key)
    if (!answer) answers.set(key, (answer = allowsResourceData(context, eventsWrite, scope)))
    return answer
  }
  const reportable = new Set<string>()
  for (const resourceId of resourceIds) {
    for (const scope of scopesFromTop(resourceId)) {
      if (!(await allows(scope))) continue
      reportable.add(resourceId)
      break
    }
  }
  return reportable
}

const resourcePath = /^(?<subscription>\/subscriptions\/[0-9a-f-]{36})(?<rest>\/.*)?$/i

function scopesFromTop(resourceId: string): readonly string[] {
  const parts = resourcePath.exec(resourceId.replace(/\/+/g, '/').replace(/\/$/, ''))?.groups
  if (!parts?.subscription || !isGuid(parts.subscription.slice('/subscriptions/'.length))) return []
  const group = /^\/resourceGroups\/[^/]+/i.exec(parts.rest ?? '')?.[0]
  return [
    parts.subscription,
    ...(group ? [parts.subscription + group] : []),
    ...(parts.rest && parts.rest !== group ? [parts.subscription + parts.rest] : []),
  ]
}

function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
}
