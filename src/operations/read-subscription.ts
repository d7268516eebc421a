import type { TenantWithDomains } from '../domain/directory/tenant.ts'
import { dataResidencies } from '../domain/directory/data-residency.ts'
import { normalizeLocation, type Region, regions } from '../domain/resource/location.ts'
import { notFound } from '../domain/refusal.ts'
import { findSubscription, listSubscriptions as listFromStore, type Subscription } from '../store/subscription.ts'
import { listTenantsOf } from '../store/tenant.ts'
import { authorizeResource, listVisibleSubscriptionIds } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { listMembershipsOfCaller } from './list-tenant-memberships.ts'

/** Only what the caller holds a role in; nobody is refused, the list is empty then. */
export async function listSubscriptions(
  context: OperationContext,
  page: { after: string | undefined; limit: number },
): Promise<Subscription[]> {
  return listFromStore(context.db, await listVisibleSubscriptionIds(context), context.now, page)
}

/** Whoever holds a role anywhere in the subscription may know of it, as in the list. */
export async function getSubscription(context: OperationContext, id: string): Promise<Subscription> {
  const key = id.toLowerCase()
  if (!(await listVisibleSubscriptionIds(context)).includes(key))
    await authorizeResource(context, 'Microsoft.Resources/subscriptions/read', `/subscriptions/${id}`)
  const subscription = await findSubscription(context.db, key, context.now)
  if (!subscription || subscription.state === 'Deleted') throw subscriptionNotFound(id)
  return subscription
}

export const subscriptionNotFound = (id: string) =>
  notFound('SubscriptionNotFound', `The subscription '${id}' could not be found.`)

export interface Place {
  readonly name: string
  readonly displayName: string
  /** Absent for the areas that identity tenants keep their data in. */
  readonly region: Region | undefined
}

export async function listLocations(context: OperationContext, subscriptionId: string): Promise<readonly Place[]> {
  const scope = `/subscriptions/${subscriptionId}`
  await authorizeResource(context, 'Microsoft.Resources/subscriptions/locations/read', scope)
  return [
    ...regions.map((region) => ({ name: region.name, displayName: region.displayName, region })),
    ...dataResidencies.map((area) => ({ name: normalizeLocation(area), displayName: area, region: undefined })),
  ]
}

/** Where the same person or application is at home or a guest who has accepted (TEN-7). */
export async function listTenants(context: OperationContext): Promise<(TenantWithDomains & { isHome: boolean })[]> {
  const memberships = (await listMembershipsOfCaller(context)).filter((membership) => !membership.isPending)
  const homes = new Set(memberships.flatMap(({ isHome, tenantId }) => (isHome ? [tenantId] : [])))
  const tenants = await listTenantsOf(context.db, memberships)
  return tenants.map((tenant) => ({ ...tenant, isHome: homes.has(tenant.id) }))
}
