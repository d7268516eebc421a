import { type Line, reporterOf } from '../scenario-file.ts'
import { contoso, contributor, customers, ours, person, resources, role, subscription } from './names.ts'

export const people: Line[] = [
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

export const identityTenant: Line[] = [
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
