import type { Line } from '../scenario-file.ts'
import { changedAt } from './metering.ts'
import { b2c, billingConfig, fabrikam, link, ours, refused, resources, subscription } from './names.ts'

const move = (target: string, group = 'identity') => ({
  resources: [link('production')],
  targetResourceGroup: `/subscriptions/\${${target}}/resourceGroups/${group}`,
})
const moving = (action: string): string =>
  `POST /subscriptions/\${production}/resourceGroups/identity/${action}?${resources}`

export const moves: Line[] = [
  { note: 'Step 5: the link moves to another subscription of the same directory.', rules: ['MAU-28', 'SUB-15'] },
  {
    at: '2019-12-20T10:00:00Z',
    do: `PUT /providers/Tenantry.Directory/tenants/${fabrikam}?${ours}`,
    body: {
      properties: {
        displayName: 'Fabrikam',
        kind: 'workforce',
        countryCode: 'DE',
        initialDomainLabel: 'fabrikam',
        administrator: { displayName: 'Frida Kurz' },
      },
    },
    expect: { status: 201 },
    save: { fridaId: 'properties.administrator.objectId', fridaName: 'properties.administrator.userPrincipalName' },
  },
  { principal: { name: 'frida', tenantId: fabrikam, userId: '${fridaId}' } },
  {
    do: `PUT /providers/Tenantry.Billing/signUps/fabrikam?${ours}`,
    body: {
      properties: {
        tenantId: fabrikam,
        owner: { objectId: '${fridaId}' },
        displayName: 'Fabrikam GmbH',
        currency: 'USD',
        countryCode: 'DE',
        priceList: 'illustration',
      },
    },
    expect: { status: 201 },
    save: { fabrikamSection: 'properties.invoiceSectionId', fabrikamProfile: 'properties.billingProfileId' },
  },
  ...subscription('frida', 'elsewhere', 'fabrikamSection'),
  {
    as: 'olivia',
    do: moving('validateMoveResources'),
    body: move('elsewhere'),
    expect: refused(403, 'LinkedAuthorizationFailed', { details: [{ code: 'CrossTenantMoveNotSupported' }] }),
    note: 'To a subscription of another directory it cannot be moved; the refusal gives the steps of unlinking and linking again.',
    rules: ['MAU-29'],
  },
  {
    as: 'olivia',
    do: 'POST /subscriptions/${target}/providers/Microsoft.AzureActiveDirectory/unregister?api-version=2021-04-01',
    expect: { status: 200 },
  },
  {
    as: 'olivia',
    do: moving('validateMoveResources'),
    body: move('target'),
    expect: { status: 409, body: { error: { details: [{ code: 'ResourceProviderNotRegistered' }] } } },
    note: 'The destination has to be registered for the type.',
    rules: ['SUB-15'],
  },
  {
    as: 'olivia',
    do: 'POST /subscriptions/${target}/providers/Microsoft.AzureActiveDirectory/register?api-version=2021-04-01',
    expect: { status: 200 },
  },
  {
    as: 'olivia',
    do: `PUT /subscriptions/\${production}/resourceGroups/identity/providers/Microsoft.Logic/workflows/welcome?api-version=2019-05-01`,
    body: { location: 'westeurope', properties: { directory: { id: link('production') } } },
    expect: { status: 201 },
    note: 'A workflow that depends on the link.',
  },
  {
    as: 'olivia',
    do: moving('validateMoveResources'),
    body: move('target'),
    expect: { status: 409, body: { error: { details: [{ code: 'MissingMoveDependentResources' }] } } },
    note: 'What depends on the link moves with it, or not at all.',
    rules: ['SUB-15'],
  },
  {
    as: 'olivia',
    do: `DELETE /subscriptions/\${production}/resourceGroups/identity/providers/Microsoft.Logic/workflows/welcome?api-version=2019-05-01`,
    expect: { status: [200, 204] },
  },
  {
    as: 'olivia',
    do: moving('validateMoveResources'),
    body: move('target'),
    expect: { status: 204 },
    note: 'The same question without moving: now nothing stands in the way.',
    rules: ['SUB-17'],
  },
  { as: 'olivia', do: moving('moveResources'), body: move('target'), expect: { status: 204 }, rules: ['MAU-28'] },
  {
    as: 'olivia',
    do: `GET ${link('target')}?${b2c}`,
    expect: { status: 200, body: { location: 'Europe', ...billingConfig('MAU', changedAt) } },
    note: 'The link was never absent: model and instant are as they were.',
    rules: ['MAU-28'],
  },
  {
    as: 'olivia',
    do: `GET ${link('target')}/providers/Tenantry.Metering/monthlyActiveUsers/2019-12?${ours}`,
    expect: { status: 200, body: { properties: { monthlyActiveUsers: 250 } } },
    note: 'So are the counters of the month.',
    rules: ['MAU-28'],
  },
  {
    as: 'olivia',
    do: `GET ${link('target')}/providers/Tenantry.Metering/unlinkWarnings?${ours}`,
    expect: { status: 200, body: { value: [{ code: 'OnlyLinkRemoved' }, { code: 'NoDestinationAdministrator' }] } },
    note: 'What a person is told before unlinking: only the link would go, and nobody from another directory could link again.',
    rules: ['MAU-30', 'MAU-31'],
  },
]
