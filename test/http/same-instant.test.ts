import { expect, test } from 'vitest'
import { startTestCloud } from '../support/cloud.ts'
import { buildWorld, expectStatus } from './world.ts'

test('BIL-2, D6: while the clock stands still, a subscription made after a report is paid for from its first instant', async () => {
  const cloud = await startTestCloud({ now: '2026-01-10T00:00:00Z' })
  try {
    const world = await buildWorld(cloud)
    const { subscriptionId, billingAccountName, billingProfileName, invoiceSectionName } = world.parameters
    const application = await expectStatus(world.owner.post('/v1.0/applications', { displayName: 'Meter' }), 201)
    const secret = await expectStatus(
      world.owner.post(`/v1.0/applications/${application.body.id}/addPassword`, {}),
      200,
    )
    const principal = await expectStatus(
      world.owner.post('/v1.0/servicePrincipals', { appId: application.body.appId }),
      201,
    )
    const token = await cloud.applicationToken(
      world.parameters.tenant ?? '',
      application.body.appId,
      secret.body.secretText,
    )
    const section = `/providers/Microsoft.Billing/billingAccounts/${billingAccountName}/billingProfiles/${billingProfileName}/invoiceSections/${invoiceSectionName}`

    const reportFrom = async (subscription: string, id: string): Promise<void> => {
      const scope = `/subscriptions/${subscription}`
      const definitions = await expectStatus(
        world.owner.get(
          `${scope}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=${encodeURIComponent("roleName eq 'Usage Publisher'")}`,
        ),
        200,
      )
      await expectStatus(
        world.owner.put(`${scope}/providers/Microsoft.Authorization/roleAssignments/${id}?api-version=2022-04-01`, {
          properties: { roleDefinitionId: definitions.body.value[0].id, principalId: principal.body.id },
        }),
        201,
      )
      const reply = await expectStatus(
        cloud.as(token).send(
          'POST',
          '/events',
          JSON.stringify([
            {
              specversion: '1.0',
              id,
              source: 'meter',
              type: 'tenantry.usage.v1',
              subject: `${scope}/resourceGroups/canary/providers/Microsoft.Compute/virtualMachines/canary`,
              time: '2026-01-10T00:00:00Z',
              data: {
                meterId: 'cpu',
                quantity: '1',
                usageStart: '2026-01-10T00:00:00Z',
                usageEnd: '2026-01-10T00:00:00Z',
              },
            },
          ]),
          { 'content-type': 'application/cloudevents-batch+json' },
        ),
        200,
      )
      expect(reply.body).toMatchObject([{ status: 'accepted' }])
    }
    await reportFrom(subscriptionId ?? '', '1a000000-0000-4000-8000-000000000001')
    const alias = await expectStatus(
      world.owner.put('/providers/Microsoft.Subscription/aliases/second?api-version=2021-10-01', {
        properties: { displayName: 'Second', workload: 'Production', billingScope: section },
      }),
      200,
      201,
    )
    const second = alias.body.properties.subscriptionId as string
    await expectStatus(
      world.owner.put(`/subscriptions/${second}/resourceGroups/canary?api-version=2021-04-01`, {
        location: 'westeurope',
      }),
      201,
    )
    await expectStatus(
      world.owner.put(
        `/subscriptions/${second}/resourceGroups/canary/providers/Microsoft.Compute/virtualMachines/canary?api-version=2023-03-01`,
        {
          location: 'westeurope',
          properties: {},
        },
      ),
      200,
      201,
    )
    await reportFrom(second, '1a000000-0000-4000-8000-000000000002')
    const { rows } = await cloud.running.pool.query<{ has_payer: boolean }>(
      'select placement_id is not null as has_payer from usage_sum',
    )
    expect(rows).toEqual([{ has_payer: true }, { has_payer: true }])
  } finally {
    await cloud.stop()
  }
})
