import { type Line, reporterOf, signIns, users } from '../scenario-file.ts'
import {
  adatum,
  person,
  refusedWith,
  resources,
  shoppers,
  shoppersDomain,
  signUp,
  subscription,
  subscriptions,
  tenant,
  v2020,
  wingtip,
  ours,
} from './names.ts'

const [olgasTenant, olga] = tenant(adatum, 'Adatum', 'adatum', 'Olga Ahl', 'olga') as [Line, Line]

export const setting: Line[] = [
  {
    note: 'A billing account in one tenant pays for a subscription that stays in another (flow F0). Olga owns the billing account of Adatum; Berit administers Wingtip and pays for its subscription by a stand-alone account; Greta works at Wingtip.',
    rules: ['BIL-1', 'BIL-3', 'OWN-12', 'SUB-20'],
  },
  { at: '2020-04-01T08:00:00Z', ...olgasTenant },
  olga,
  ...tenant(wingtip, 'Wingtip Toys', 'wingtip', 'Berit Wiik', 'berit'),
  ...person('berit', wingtip, 'wingtip.onmicrosoft.com', 'greta', 'Greta Wold'),
  ...person('olga', adatum, 'adatum.onmicrosoft.com', 'nils', 'Nils Alm'),
]

const section = '${adatumProfile}/invoiceSections'

export const hierarchy: Line[] = [
  { note: 'Step 1: Adatum signs up.', rules: ['BIL-2'] },
  {
    ...signUp('adatum', adatum, 'olga', { displayName: 'Adatum AB' }),
    note: 'Account, profile, section and the role of the owner come together, and nobody else has a role.',
    rules: ['BIL-2'],
  },
  {
    as: 'olga',
    do: `GET /\${adatumAccount}/billingRoleAssignments?${v2020}`,
    expect: { status: 200, body: { value: [{ properties: { principalId: '${olgaId}' } }] } },
    save: { ownersRole: 'value.0.name' },
  },
  {
    as: 'olga',
    do: `DELETE /\${adatumAccount}/billingRoleAssignments/\${ownersRole}?${v2020}`,
    expect: { status: 409 },
    note: 'The last one with a role at a scope keeps it.',
    rules: ['ACC-10'],
  },
  { note: 'Step 2: another section, and what a second profile would cost.', rules: ['BIL-5', 'BIL-7'] },
  {
    as: 'olga',
    do: `PUT /${section}/RESE-ARCH-SEC-ADA?${v2020}`,
    body: { properties: { displayName: 'Research' } },
    expect: { status: [200, 201] },
    rules: ['BIL-5'],
  },
  {
    as: 'olga',
    do: `GET /\${adatumAccount}/providers/Tenantry.Billing/newProfileWarnings?${ours}`,
    expect: { status: 200 },
    note: 'Tiers are counted by profile, so a second profile may make the whole dearer. Olga is told before, and leaves it.',
    rules: ['BIL-7'],
  },
  { note: 'Step 3: a subscription of Adatum, which lands in the tenant of the account.', rules: ['SUB-3'] },
  {
    as: 'nils',
    do: `PUT /providers/Microsoft.Subscription/aliases/nils?${subscriptions}`,
    body: { properties: { displayName: 'Nils', workload: 'Production', billingScope: '${adatumSection}' } },
    expect: refusedWith(403, 'AuthorizationFailed', 'BillingRoleRequired'),
    note: 'Nils has no billing role; the refusal names the task, the scope and the roles that would do.',
    rules: ['BIL-16'],
  },
  subscription('olga', 'research', 'adatumSection'),
  {
    as: 'olga',
    do: `GET /subscriptions/\${research}?api-version=2022-12-01`,
    expect: { status: 200, body: { tenantId: adatum } },
    rules: ['SUB-3', 'SUB-25'],
  },
]

export const wingtipsSubscription: Line[] = [
  {
    ...signUp('wingtip', wingtip, 'berit', {
      displayName: 'Berit Wiik',
      agreementType: 'MicrosoftOnlineServicesProgram',
    }),
    note: 'Berit pays as she goes: an account of one person.',
    rules: ['BIL-21'],
  },
  subscription('berit', 'toys', 'wingtipSection'),
  {
    as: 'berit',
    do: `PUT /subscriptions/\${toys}/resourceGroups/shop?${resources}`,
    body: { location: 'westeurope' },
    expect: { status: 201 },
  },
  subscription('berit', 'attic', 'wingtipSection'),
  {
    as: 'berit',
    do: `POST /subscriptions/\${attic}/providers/Microsoft.Subscription/cancel?${subscriptions}`,
    expect: { status: 200 },
    note: 'A second subscription, which is cancelled.',
  },
  {
    do: `PUT /providers/Tenantry.Directory/tenants/${shoppers}?${ours}`,
    body: {
      properties: {
        displayName: 'Shoppers of Wingtip',
        kind: 'identity',
        countryCode: 'SE',
        initialDomainLabel: 'wingtipshoppers',
        administrator: { homeTenantId: wingtip, homeObjectId: '${beritId}' },
      },
    },
    expect: { status: 201 },
    save: { beritInsideId: 'properties.administrator.objectId' },
  },
  { principal: { name: 'berit-inside', tenantId: shoppers, userId: '${beritInsideId}' } },
  ...reporterOf('berit-inside', shoppers, 'shoppers'),
  {
    as: 'berit',
    do: `PUT /subscriptions/\${toys}/resourceGroups/shop/providers/Microsoft.AzureActiveDirectory/b2cDirectories/${shoppersDomain}?api-version=2021-04-01`,
    body: { location: 'Europe', properties: {} },
    expect: { status: 201 },
  },
  signIns('shoppers-reporter', shoppers, users('shopper', 20), '2020-04-03T08:00:00Z', {
    at: '2020-04-03T08:00:00Z',
    note: '20 shoppers sign in while Berit pays: 20 monthly active users at 0.05.',
  }),
]
