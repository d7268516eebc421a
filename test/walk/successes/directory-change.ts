import type { Client } from '../../support/cloud.ts'
import { type Stage, type Success, version } from '../stage.ts'

const preview = 'api-version=2025-11-01-preview'

/** A subscription, and another tenant that its Owner is in, too, with who takes it over there. */
async function leaving(stage: Stage): Promise<{ id: string; body: unknown; accepting: Client }> {
  const { tenant, administrator } = await stage.world.identities.workforce()
  await stage.world.identities.makeAdministrator(tenant, stage.customer.owner)
  return {
    id: (await stage.newSubscription()).replace('/subscriptions/', ''),
    body: { properties: { destinationTenantId: tenant.id, destinationOwnerId: administrator.objectId } },
    accepting: administrator.client,
  }
}

const requestPath = (id: string): string =>
  `/subscriptions/${id}/providers/Microsoft.Subscription/changeTenantRequest/default?${preview}`

async function requested(stage: Stage): Promise<{ id: string; accepting: Client }> {
  const { id, body, accepting } = await leaving(stage)
  await stage.did(stage.owner.put(requestPath(id), body))
  return { id, accepting }
}

/** Subscriptions that change their directory, and whether they may. */
export const directoryChangeSuccesses: Readonly<Record<string, Success>> = {
  'Microsoft.Subscription.Subscriptions_PutTargetDirectory': async (stage) => {
    const { id, body } = await leaving(stage)
    return { as: stage.owner, path: requestPath(id), body }
  },
  'Microsoft.Subscription.Subscriptions_DeleteTargetDirectory': async (stage) => ({
    as: stage.owner,
    path: requestPath((await requested(stage)).id),
  }),
  'Microsoft.Subscription.Subscriptions_TargetDirectoryStatus': async (stage) => {
    const { id, accepting } = await requested(stage)
    return {
      as: accepting,
      path: `/providers/Microsoft.Subscription/subscriptions/${id}/changeTenantStatus?${preview}`,
      body: {},
    }
  },
  'Microsoft.Subscription.Subscriptions_AcceptTargetDirectory': async (stage) => {
    const { id, accepting } = await requested(stage)
    return {
      as: accepting,
      path: `/providers/Microsoft.Subscription/subscriptions/${id}/acceptChangeTenant?${preview}`,
      body: {},
    }
  },
  'Microsoft.Subscription.SubscriptionPolicy_AddUpdatePolicyForTenant': async (stage) => {
    await stage.did(stage.owner.post('/providers/Microsoft.Authorization/elevateAccess?api-version=2016-07-01', {}))
    return {
      as: stage.owner,
      path: `/providers/Microsoft.Subscription/policies/default?${version.subscription}`,
      body: {
        blockSubscriptionsLeavingTenant: false,
        blockSubscriptionsIntoTenant: true,
        exemptedPrincipals: [stage.customer.owner.objectId],
      },
    }
  },
}
