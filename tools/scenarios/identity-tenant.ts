import { billedMonth, type Line, reporterOf, type Request, signIns, users, writeScenario } from './scenario-file.ts'

const contoso = 'c0a70500-1111-4000-8000-000000000001'
const fabrikam = 'fab71ca0-1111-4000-8000-000000000002'
const customers = 'c0a70500-2222-4000-8000-000000000003'
const domain = 'contosocustomers.onmicrosoft.com'
const ours = 'api-version=2026-11-01'
const b2c = 'api-version=2021-04-01'
const resources = 'api-version=2025-04-01'
const policies = 'api-version=2021-06-01'

const link = (of: string, group = 'identity'): string =>
  `/subscriptions/\${${of}}/resourceGroups/${group}/providers/Microsoft.AzureActiveDirectory/b2cDirectories/${domain}`
const bare = { location: 'Europe', sku: { name: 'Standard', tier: 'A0' }, properties: {} }
const billingConfig = (billingType: string, effectiveStartDateUtc?: string) => ({
  properties: { billingConfig: { billingType, ...(effectiveStartDateUtc && { effectiveStartDateUtc }) } },
})
const refused = (status: number, code: string, more: object = {}) => ({ status, body: { error: { code, ...more } } })
const role = (who: string, of: string, definition: string, name: string): Request => ({
  as: 'olivia',
  do: `PUT /subscriptions/\${${of}}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`,
  body: {
    properties: {
      roleDefinitionId: `/subscriptions/\${${of}}/providers/Microsoft.Authorization/roleDefinitions/${definition}`,
      principalId: `\${${who}Id}`,
      principalType: 'User',
    },
  },
  expect: { status: 201 },
})
const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c'

function subscription(as: string, name: string, section: string): Line[] {
  return [
    {
      as,
      do: `PUT /providers/Microsoft.Subscription/aliases/${name}?api-version=2021-10-01`,
      body: { properties: { displayName: name, workload: 'Production', billingScope: `\${${section}}` } },
      expect: { status: 201 },
      save: { [name]: 'properties.subscriptionId' },
    },
    {
      as,
      do: `PUT /subscriptions/\${${name}}/resourceGroups/identity?${resources}`,
      body: { location: 'westeurope' },
      expect: { status: 201 },
    },
  ]
}

function person(name: string, displayName: string): Line[] {
  return [
    {
      as: 'olivia',
      do: 'POST /v1.0/users',
      body: {
        accountEnabled: true,
        displayName,
        mailNickname: name,
        userPrincipalName: `${name}@contoso.onmicrosoft.com`,
        passwordProfile: { password: 'correct horse battery staple' },
      },
      expect: { status: 201 },
      save: { [`${name}Id`]: 'id' },
    },
    { principal: { name, tenantId: contoso, userId: `\${${name}Id}` } },
  ]
}

const people: Line[] = [
  {
    note: 'An identity tenant is linked, metered, changed to monthly active users in mid-month, and moved (flow F1). Prices are those of the list illustration: 0.01 for an authentication, 0.05 for a monthly active user.',
    rules: ['MAU-1', 'MAU-2', 'MAU-23', 'MAU-24', 'MAU-25', 'MAU-26', 'MAU-27', 'MAU-28'],
  },
  {
    at: '2019-10-01T08:00:00Z',
    do: `PUT /providers/Tenantry.Directory/tenants/${contoso}?${ours}`,
    body: {
      properties: {
        displayName: 'Contoso',
        kind: 'workforce',
        countryCode: 'SE',
        initialDomainLabel: 'contoso',
        administrator: { displayName: 'Olivia Lind', userPrincipalName: 'olivia@contoso.onmicrosoft.com' },
      },
    },
    expect: { status: 201 },
    save: { oliviaId: 'properties.administrator.objectId' },
    note: 'A month before the model of active users exists. Olivia administers the company that pays.',
  },
  { principal: { name: 'olivia', tenantId: contoso, userId: '${oliviaId}' } },
  {
    do: `PUT /providers/Tenantry.Billing/signUps/contoso?${ours}`,
    body: {
      properties: {
        tenantId: contoso,
        owner: { objectId: '${oliviaId}' },
        displayName: 'Contoso AB',
        currency: 'USD',
        countryCode: 'SE',
        priceList: 'illustration',
      },
    },
    expect: { status: 201 },
    save: { section: 'properties.invoiceSectionId', profile: 'properties.billingProfileId' },
  },
  ...subscription('olivia', 'production', 'section'),
  ...subscription('olivia', 'target', 'section'),
  ...subscription('olivia', 'cancelled', 'section'),
  {
    as: 'olivia',
    do: `PUT /subscriptions/\${production}/resourceGroups/second?${resources}`,
    body: { location: 'westeurope' },
    expect: { status: 201 },
  },
  {
    as: 'olivia',
    do: 'POST /subscriptions/${cancelled}/providers/Microsoft.Subscription/cancel?api-version=2021-10-01',
    expect: { status: 200 },
  },
  ...person('carl', 'Carl Ek'),
  role('carl', 'production', contributor, '0b5c1f5e-0000-4000-8000-000000000001'),
  ...person('rita', 'Rita Berg'),
]

const identityTenant: Line[] = [
  {
    do: `PUT /providers/Tenantry.Directory/tenants/${customers}?${ours}`,
    body: {
      properties: {
        displayName: "Contoso's customers",
        kind: 'identity',
        countryCode: 'SE',
        initialDomainLabel: 'contosocustomers',
        administrator: { homeTenantId: contoso, homeObjectId: '${oliviaId}' },
      },
    },
    expect: { status: 201 },
    save: { oliviaInsideId: 'properties.administrator.objectId' },
    note: 'An identity tenant of 1,000 users. Olivia is its Global Administrator, as somebody from another directory.',
    rules: ['TEN-5', 'TEN-8'],
  },
  { principal: { name: 'olivia-inside', tenantId: customers, userId: '${oliviaInsideId}' } },
  ...reporterOf('olivia-inside', customers, 'customers'),
]

const linking: Line[] = [
  { note: 'Step 1: the link, and everything that stands in its way.', rules: ['MAU-4'] },
  {
    as: 'olivia',
    do: `GET /providers/Microsoft.AzureActiveDirectory/b2ctenants?${b2c}`,
    expect: { status: 200, body: { value: [{ name: domain, properties: { tenantId: customers } }] } },
    note: 'The tenants that Olivia could link: those she administers and that have no link.',
    rules: ['MAU-5'],
  },
  {
    as: 'carl',
    do: `GET /providers/Microsoft.AzureActiveDirectory/b2ctenants?${b2c}`,
    expect: { status: 200, body: { value: [] } },
  },
  {
    as: 'rita',
    do: `PUT ${link('production')}?${b2c}`,
    body: bare,
    expect: refused(403, 'AuthorizationFailed'),
    note: 'Rita has no role; the answer names the roles that may link.',
  },
  role('rita', 'production', 'acdd72a7-3385-48ef-bd42-f606fba81ae7', '0b5c1f5e-0000-4000-8000-000000000002'),
  {
    as: 'rita',
    do: `PUT ${link('production')}?${b2c}`,
    body: bare,
    expect: refused(403, 'AuthorizationFailed'),
    note: 'As a Reader she sees the subscription, and still may not link.',
    rules: ['DEC-13'],
  },
  {
    as: 'carl',
    do: `PUT ${link('production')}?${b2c}`,
    body: bare,
    expect: refused(403, 'NotIdentityTenantAdministrator'),
    note: 'Carl may write in the subscription, but a role there does not make him administrator of the identity tenant.',
    rules: ['MAU-4'],
  },
  {
    as: 'olivia',
    do: `PUT ${link('cancelled')}?${b2c}`,
    body: bare,
    expect: refused(409, 'SubscriptionNotActive'),
    note: 'Only an Active subscription can be charged.',
    rules: ['SUB-6'],
  },
  {
    as: 'olivia',
    do: `PUT /subscriptions/\${production}/providers/Microsoft.Authorization/policyDefinitions/our-regions?${policies}`,
    body: {
      properties: {
        mode: 'All',
        displayName: 'Only our regions',
        parameters: { allowed: { type: 'Array' } },
        policyRule: {
          if: { not: { field: 'location', in: "[parameters('allowed')]" } },
          // oxlint-disable-next-line unicorn/no-thenable
          then: { effect: 'deny' },
        },
      },
    },
    expect: { status: 201 },
  },
  {
    as: 'olivia',
    do: `PUT /subscriptions/\${production}/providers/Microsoft.Authorization/policyAssignments/our-regions?${policies}`,
    body: {
      properties: {
        policyDefinitionId:
          '/subscriptions/${production}/providers/Microsoft.Authorization/policyDefinitions/our-regions',
        parameters: { allowed: { value: ['swedencentral', 'westeurope'] } },
      },
    },
    expect: { status: 201 },
    note: 'A regional restriction of the company.',
  },
  {
    as: 'olivia',
    do: `PUT ${link('production')}?${b2c}`,
    body: bare,
    expect: refused(403, 'RequestDisallowedByPolicy'),
    note: 'It judges the link by where the tenant keeps its data, Europe, which is no region. The refusal names the policy, the locations and the cure.',
    rules: ['SUB-12', 'SUB-13', 'DEC-14', 'DEC-15'],
  },
  {
    as: 'olivia',
    do: `PUT /subscriptions/\${production}/providers/Microsoft.Authorization/policyAssignments/our-regions?${policies}`,
    body: {
      properties: {
        policyDefinitionId:
          '/subscriptions/${production}/providers/Microsoft.Authorization/policyDefinitions/our-regions',
        parameters: { allowed: { value: ['swedencentral', 'westeurope', 'Europe'] } },
      },
    },
    expect: { status: [200, 201] },
    note: 'The cure: relax the restriction.',
    rules: ['SUB-13'],
  },
  {
    as: 'olivia',
    do: `PUT ${link('production')}?${b2c}`,
    body: bare,
    expect: {
      status: 201,
      body: {
        name: domain,
        location: 'Europe',
        properties: {
          tenantId: customers,
          billingConfig: { billingType: 'Auths', effectiveStartDateUtc: '2019-10-01T08:00:00.000Z' },
        },
      },
    },
    note: 'Linked before 2019-11-01, so billed per authentication.',
    rules: ['MAU-2', 'MAU-6', 'MAU-11'],
  },
  {
    as: 'olivia',
    do: `PUT ${link('production', 'second')}?${b2c}`,
    body: bare,
    expect: refused(409, 'IdentityTenantAlreadyLinked'),
    note: 'A tenant has one link at a time. Olivia may read it, so she is told where it is.',
    rules: ['MAU-3'],
  },
  {
    as: 'olivia',
    do: `GET /providers/Tenantry.Metering/linkableTenants?${ours}`,
    expect: {
      status: 200,
      body: { value: [{ properties: { domainName: domain, reasons: [{ code: 'IdentityTenantAlreadyLinked' }] } }] },
    },
    note: 'Why the tenant is no longer in the list.',
    rules: ['MAU-5'],
  },
]

const groupA = users('a', 100)
const groupB = users('b', 150)
const changedAt = '2019-11-10T09:30:15.250Z'

const transition: Line[] = [
  {
    note: 'Step 2: November. Group A, 100 users, signs in three times each before the change: 300 authentications. Group B, 150 users, not yet. The other 750 users not at all.',
  },
  ...['2019-11-03', '2019-11-05', '2019-11-07'].map((day) =>
    signIns('customers-reporter', customers, groupA, `${day}T08:00:00Z`, { at: `${day}T08:00:00Z`, rules: ['MAU-13'] }),
  ),
  signIns('customers-reporter', customers, groupA, '2019-11-07T08:00:00Z', {
    outcome: 'duplicate',
    note: 'Sent again: every event is known already, and nothing is counted twice.',
    rules: ['DEC-27'],
  }),
  { note: 'Step 3: the change to monthly active users.', rules: ['MAU-21', 'MAU-22', 'MAU-23'] },
  {
    at: changedAt,
    as: 'carl',
    do: `PATCH ${link('production')}?${b2c}`,
    body: billingConfig('MAU'),
    expect: refused(403, 'AuthorizationFailed', { details: [{ code: 'SubscriptionOwnerRequired' }] }),
    note: 'A Contributor may change the link, but not its billing model.',
    rules: ['MAU-21'],
  },
  {
    as: 'olivia',
    do: `PATCH ${link('production')}?${b2c}`,
    body: billingConfig('MAU', '2019-12-01T00:00:00Z'),
    expect: refused(400, 'BillingModelChangeNotSchedulable'),
    note: 'It cannot be scheduled for the next month.',
    rules: ['DEC-44'],
  },
  {
    as: 'olivia',
    do: `PATCH ${link('production')}?${b2c}`,
    body: billingConfig('MAU'),
    expect: { status: 200, body: billingConfig('MAU', changedAt) },
    note: 'It holds from the instant of the confirmation.',
    rules: ['MAU-23', 'DEC-4'],
  },
  {
    at: '2019-11-11T07:00:00Z',
    as: 'olivia',
    do: `PATCH ${link('production')}?${b2c}`,
    body: billingConfig('MAU'),
    expect: { status: 200, body: billingConfig('MAU', changedAt) },
    note: 'Confirmed again, it answers with the first instant.',
    rules: ['MAU-22', 'DEC-43'],
  },
  {
    as: 'olivia',
    do: `PATCH ${link('production')}?${b2c}`,
    body: billingConfig('Auths'),
    expect: refused(409, 'BillingModelIrreversible'),
    note: 'There is no way back; the refusal says since when and by whom.',
    rules: ['MAU-22'],
  },
  signIns('customers-reporter', customers, groupA, '2019-11-12T08:00:00Z', {
    at: '2019-11-12T08:00:00Z',
    note: 'Group A again: paid for the month, it costs nothing more.',
    rules: ['MAU-26'],
  }),
  signIns('customers-reporter', customers, groupB, '2019-11-12T08:00:00Z', {
    note: 'Group B for the first time in the month: 150 monthly active users.',
    rules: ['MAU-25'],
  }),
  signIns('customers-reporter', customers, groupB, '2019-11-15T08:00:00Z', { at: '2019-11-15T08:00:00Z' }),
  {
    as: 'rita',
    do: `GET ${link('production')}/providers/Tenantry.Metering/monthlyActiveUsers/2019-11?${ours}`,
    expect: {
      status: 200,
      body: {
        properties: {
          authentications: 300,
          paidUsers: 100,
          monthlyActiveUsers: 150,
          intervals: [
            { billingType: 'Auths', from: '2019-11-01T00:00:00.000Z', to: changedAt },
            { billingType: 'MAU', from: changedAt, to: '2019-12-01T00:00:00.000Z' },
          ],
        },
      },
    },
    note: 'Whoever may read the link sees its month.',
    rules: ['MAU-24', 'MAU-25'],
  },
]

const line = (meterId: string, quantity: string, charge: string, more: object = {}) => ({
  meterId,
  quantity,
  charge,
  ...more,
})
const documentOf = (total: string, products: object[]) => ({
  summary: { total },
  sections: [{ products }],
})
const product = (item: object) => ({ serviceFamilies: [{ lines: [item] }] })

const november: Line[] = [
  { note: "Step 4: November's statement." },
  ...billedMonth({
    as: 'olivia',
    period: '2019-11',
    at: '2019-12-04T00:00:00Z',
    title: 'Contoso, November 2019: the month of the change',
    document: documentOf('10.50', [
      product(line('authentications', '300', '3.00', { to: changedAt })),
      product(line('monthly-active-users', '150', '7.50', { from: changedAt })),
    ]),
    note: '300 authentications at 0.01 are 3.00, 150 monthly active users at 0.05 are 7.50: together 10.50.',
    rules: ['MAU-24', 'MAU-25', 'INV-10'],
  }),
]

const move = (target: string, group = 'identity') => ({
  resources: [link('production')],
  targetResourceGroup: `/subscriptions/\${${target}}/resourceGroups/${group}`,
})
const moving = (action: string): string =>
  `POST /subscriptions/\${production}/resourceGroups/identity/${action}?${resources}`

const december: Line[] = [
  signIns('customers-reporter', customers, [...groupA, ...groupB], '2019-12-12T08:00:00Z', {
    at: '2019-12-12T08:00:00Z',
    note: 'In December the same 250 users sign in.',
    rules: ['MAU-27'],
  }),
]

const moves: Line[] = [
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
    save: { fridaId: 'properties.administrator.objectId' },
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
    save: { fabrikamSection: 'properties.invoiceSectionId' },
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

const statement: Line[] = billedMonth({
  as: 'olivia',
  period: '2019-12',
  at: '2020-01-04T00:00:00Z',
  title: 'Contoso, December 2019: everybody is an active user',
  document: documentOf('12.50', [product(line('monthly-active-users', '250', '12.50'))]),
  note: '250 monthly active users at 0.05 are 12.50.',
  rules: ['MAU-27'],
})

writeScenario('identity-tenant', [people, identityTenant, linking, transition, november, december, moves, statement])
