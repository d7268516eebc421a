import { billedMonth, type Line, reporterOf, signIns, users, writeScenario } from './scenario-file.ts'

const northwind = '40274100-1111-4000-8000-000000000001'
const readers = '40274100-2222-4000-8000-000000000002'
const sellers = '40274100-3333-4000-8000-000000000003'
const ours = 'api-version=2026-11-01'
const b2c = 'api-version=2021-04-01'

const domainOf = (label: string): string => `${label}.onmicrosoft.com`
const link = (label: string): string =>
  `/subscriptions/\${shop}/resourceGroups/identity/providers/Microsoft.AzureActiveDirectory/b2cDirectories/${domainOf(label)}`

function identityTenant(id: string, label: string, displayName: string): Line[] {
  return [
    {
      do: `PUT /providers/Tenantry.Directory/tenants/${id}?${ours}`,
      body: {
        properties: {
          displayName,
          kind: 'identity',
          countryCode: 'SE',
          initialDomainLabel: label,
          administrator: { homeTenantId: northwind, homeObjectId: '${noraId}' },
        },
      },
      expect: { status: 201 },
      save: { [`${label}AdminId`]: 'properties.administrator.objectId' },
    },
    { principal: { name: `${label}-admin`, tenantId: id, userId: `\${${label}AdminId}` } },
    ...reporterOf(`${label}-admin`, id, label),
    {
      as: 'nora',
      do: `PUT ${link(label)}?${b2c}`,
      body: { location: 'Europe', properties: {} },
      expect: { status: 201, body: { properties: { billingConfig: { billingType: 'MAU' } } } },
      rules: ['MAU-3', 'MAU-11'],
    },
  ]
}

const setting: Line[] = [
  {
    note: 'Two identity tenants are linked to one subscription and share its free quantity. The list standard gives each subscription 50,000 monthly active users a month; here a list of our own gives 10, so that anybody can count along.',
    rules: ['MAU-17', 'MAU-18', 'DEC-17', 'DEC-18'],
  },
  {
    at: '2020-02-01T08:00:00Z',
    do: `PUT /providers/Tenantry.Pricing/priceLists/ten-free/versions/1?${ours}`,
    body: {
      properties: {
        displayName: 'Ten active users free',
        currency: 'USD',
        effectiveFrom: '2020-02-01',
        prices: [
          {
            meterId: 'monthly-active-users',
            unit: 'monthly active user',
            productName: { en: 'Monthly active users', sv: 'Aktiva användare per månad' },
            serviceFamily: 'Identity',
            price: { model: 'perUnit', scope: 'subscription', unitPrice: '0.05', includedQuantity: '10' },
          },
        ],
      },
    },
    expect: { status: 201 },
  },
  {
    do: `PUT /providers/Tenantry.Directory/tenants/${northwind}?${ours}`,
    body: {
      properties: {
        displayName: 'Northwind',
        kind: 'workforce',
        countryCode: 'SE',
        initialDomainLabel: 'northwind',
        administrator: { displayName: 'Nora Holm' },
      },
    },
    expect: { status: 201 },
    save: { noraId: 'properties.administrator.objectId' },
  },
  { principal: { name: 'nora', tenantId: northwind, userId: '${noraId}' } },
  {
    do: `PUT /providers/Tenantry.Billing/signUps/northwind?${ours}`,
    body: {
      properties: {
        tenantId: northwind,
        owner: { objectId: '${noraId}' },
        displayName: 'Northwind AB',
        currency: 'USD',
        countryCode: 'SE',
        priceList: 'ten-free',
      },
    },
    expect: { status: 201 },
    save: { section: 'properties.invoiceSectionId', profile: 'properties.billingProfileId' },
  },
  {
    as: 'nora',
    do: 'PUT /providers/Microsoft.Subscription/aliases/shop?api-version=2021-10-01',
    body: { properties: { displayName: 'Shop', workload: 'Production', billingScope: '${section}' } },
    expect: { status: 201 },
    save: { shop: 'properties.subscriptionId' },
  },
  {
    as: 'nora',
    do: 'PUT /subscriptions/${shop}/resourceGroups/identity?api-version=2025-04-01',
    body: { location: 'westeurope' },
    expect: { status: 201 },
  },
  ...identityTenant(readers, 'northwindreaders', "Northwind's readers"),
  ...identityTenant(sellers, 'northwindsellers', "Northwind's sellers"),
]

const february: Line[] = [
  {
    note: 'Users take the free quantity in the order of their first sign-in of the month, whichever tenant they are in.',
  },
  signIns('northwindreaders-reporter', readers, users('reader', 6), '2020-02-03T09:00:00Z', {
    at: '2020-02-03T09:00:00Z',
    note: 'Six readers: the first six of ten.',
  }),
  signIns('northwindsellers-reporter', sellers, users('seller', 7), '2020-02-10T09:00:00Z', {
    at: '2020-02-10T09:00:00Z',
    note: 'Seven sellers: four of them are free, three are charged.',
  }),
  signIns('northwindreaders-reporter', readers, users('reader', 8), '2020-02-20T09:00:00Z', {
    at: '2020-02-20T09:00:00Z',
    note: 'Eight readers: six were counted already, two are new and charged.',
  }),
  {
    as: 'nora',
    do: `GET ${link('northwindreaders')}/providers/Tenantry.Metering/monthlyActiveUsers/2020-02?${ours}`,
    expect: { status: 200, body: { properties: { monthlyActiveUsers: 8 } } },
  },
  {
    as: 'nora',
    do: `GET ${link('northwindsellers')}/providers/Tenantry.Metering/monthlyActiveUsers/2020-02?${ours}`,
    expect: { status: 200, body: { properties: { monthlyActiveUsers: 7 } } },
  },
]

const documentWith = (line: object) => ({
  summary: { total: '0.25' },
  sections: [{ products: [{ serviceFamilies: [{ lines: [line] }] }] }],
})

const statement: Line[] = [
  ...billedMonth({
    as: 'nora',
    period: '2020-02',
    at: '2020-03-04T00:00:00Z',
    title: 'Northwind, February 2020: one free quantity for two tenants',
    document: documentWith({ quantity: '8', includedQuantity: '6', charge: '0.10' }),
    note: 'Of 15 users 10 are free, and 5 at 0.05 are 0.25. The statement shows how much of the free quantity each link took: 6 of 8 readers …',
    rules: ['MAU-17', 'MAU-18', 'DEC-18'],
  }),
  {
    as: 'nora',
    do: `GET /providers/Tenantry.Billing/invoices/\${invoice-2020-02}?${ours}`,
    expect: {
      status: 200,
      body: { properties: { document: documentWith({ quantity: '7', includedQuantity: '4', charge: '0.15' }) } },
    },
    note: '… and 4 of 7 sellers.',
    rules: ['DEC-18'],
  },
]

writeScenario('pooled-free-tier', [setting, february, statement])
