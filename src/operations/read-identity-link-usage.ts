import { unbilledReasons } from '../domain/metering/exclusion.ts'
import { identityLinkKindOf } from '../domain/metering/identity-link.ts'
import { type ModelInterval, modelIntervalsIn } from '../domain/metering/link-period.ts'
import { type BillingPeriod, findBillingPeriod } from '../domain/rating/billing-period.ts'
import { forbidden, invalid, notFound } from '../domain/refusal.ts'
import { formatResourceId, parseResourceId, type ResourceId } from '../domain/resource/resource-id.ts'
import { findIdentityLinkById, listLinkPeriods } from '../store/identity-link.ts'
import { findResource } from '../store/resource.ts'
import { findTenant } from '../store/tenant.ts'
import type { LinkMonth, MonthlyActiveUsers, Page, SetAsideRow } from '../usage/usage-store.ts'
import { allowsResource, authorizeResource, identitiesOf, isGlobalAdministrator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { actionOf, getLinkedResource, linkNotFound } from './identity-link-target.ts'
import { readableLinkId } from './insert-identity-link.ts'

export interface CountedMonth {
  readonly identityTenantId: string
  readonly period: BillingPeriod
  readonly authentications: bigint
  readonly paidUsers: bigint
  readonly monthlyActiveUsers: bigint
  readonly links: readonly (LinkMonth & {
    /** The link's resource, for those who may read it; of an ended link there is none. */
    readonly resourceId: string | undefined
  })[]
  /** What the link was billed by, from when to when: two of a month in which it was changed (MAU-24). */
  readonly intervals: readonly ModelInterval[]
}

/** A month as one link bills it: for who may read the link, and for administrators of its tenant. */
export async function readLinkMonth(context: OperationContext, scope: string, period: string): Promise<CountedMonth> {
  const id = linkIdOf(scope)
  const month = parsePeriod(period)
  const link = await authorizeLinkUsage(context, id)
  const counted = await context.usage.monthlyActiveUsers(link.identityTenantId, month)
  const links = counted.links.filter((candidate) => candidate.linkId === link.linkId)
  const sum = (pick: (link: LinkMonth) => bigint) => links.reduce((total, item) => total + pick(item), 0n)
  const periods = await listLinkPeriods(context.db, link.identityTenantId)
  return {
    identityTenantId: link.identityTenantId,
    period: month,
    authentications: sum((item) => item.authentications),
    paidUsers: sum((item) => item.paidUsers),
    monthlyActiveUsers: sum((item) => item.monthlyActiveUsers),
    links: links.map((item) => ({ ...item, resourceId: formatResourceId(id) })),
    intervals: modelIntervalsIn(
      month,
      periods.filter((candidate) => candidate.linkId === link.linkId),
    ),
  }
}

async function authorizeLinkUsage(context: OperationContext, id: ResourceId) {
  const action = actionOf(identityLinkKindOf(id.type) ?? 'identityTenant', 'read')
  if (await allowsResource(context, action, formatResourceId(id))) return (await getLinkedResource(context, id)).link
  const resource = await findResource(context.db, id)
  const link = resource && (await findIdentityLinkById(context.db, resource.uid))
  if (link && (await isGlobalAdministrator(context, link.identityTenantId))) return link
  await authorizeResource(context, action, formatResourceId(id))
  throw linkNotFound(id)
}

/** A month of a tenant over all its links, for its own administrators: no user is in two of the counts (MAU-25). */
export async function readTenantMonth(
  context: OperationContext,
  tenantId: string,
  period: string,
): Promise<CountedMonth> {
  await authorizeTenantUsage(context, tenantId)
  const month = parsePeriod(period)
  const counted: MonthlyActiveUsers = await context.usage.monthlyActiveUsers(tenantId, month)
  const links: CountedMonth['links'][number][] = []
  for (const link of counted.links) links.push({ ...link, resourceId: await readableLinkId(context, link.linkId) })
  return {
    identityTenantId: tenantId,
    period: month,
    authentications: counted.authentications,
    paidUsers: counted.paidUsers,
    monthlyActiveUsers: counted.monthlyActiveUsers,
    links,
    intervals: modelIntervalsIn(month, await listLinkPeriods(context.db, tenantId)),
  }
}

/** What nobody is charged for: the tenant had no link then (MAU-20, DEC-10), or the link's subscription was cancelled. */
export async function listUnbilledUsage(
  context: OperationContext,
  tenantId: string,
  period: string | undefined,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<SetAsideRow>> {
  await authorizeTenantUsage(context, tenantId)
  return context.usage.setAside({
    reasons: unbilledReasons,
    identityTenantIds: [tenantId],
    ...(period === undefined ? {} : { periods: [parsePeriod(period)] }),
    ...(page.after === undefined ? {} : { after: page.after }),
    limit: page.limit,
  })
}

/** A tenant in which the caller has no account looks like one that does not exist (TEN-2). */
async function authorizeTenantUsage(context: OperationContext, tenantId: string): Promise<void> {
  const isKnown = (await findTenant(context.db, tenantId)) !== undefined
  if (isKnown && (context.caller.isOperator || (await isGlobalAdministrator(context, tenantId)))) return
  const isOwn = (await identitiesOf(context)).some((identity) => identity.tenantId === tenantId)
  if (!isKnown || !isOwn) throw notFound('TenantNotFound', `The tenant '${tenantId}' could not be found.`)
  throw forbidden(
    'AuthorizationFailed',
    `The client '${context.caller.name}' with object id '${context.caller.objectId}' does not have authorization to read the usage of tenant '${tenantId}'.`,
    {
      details: [
        {
          code: 'NotIdentityTenantAdministrator',
          message: 'Ask a Global Administrator of the tenant, or somebody with read access to its link.',
        },
      ],
    },
  )
}

export function linkIdOf(scope: string): ResourceId {
  const id = parseResourceId(scope)
  if (id && identityLinkKindOf(id.type)) return id
  throw invalid(
    'InvalidScope',
    `'${scope}' is not the id of a link. Use '/subscriptions/{id}/resourceGroups/{name}/providers/Microsoft.AzureActiveDirectory/b2cDirectories/{domain}'.`,
    'scope',
  )
}

function parsePeriod(text: string): BillingPeriod {
  const period = findBillingPeriod(text)
  if (!period) throw invalid('InvalidBillingPeriod', `'${text}' is not a month. Write it as '2026-10'.`, 'period')
  return period
}
