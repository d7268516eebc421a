import { billedMonth, type Line, type Request, signIns, users } from '../scenario-file.ts'
import { refused, refusedWith, resources, shoppers, v2024, wingtip } from './names.ts'

const received = (name: string, verb = ''): string => `/providers/Microsoft.Billing/transfers/${name}${verb}?${v2024}`
const asked = (name: string): Request => ({
  as: 'olga',
  do: `PUT /\${adatumSection}/transfers/${name}?${v2024}`,
  body: { properties: { recipientEmailId: 'berit@wingtip.onmicrosoft.com', transferTermsAccepted: true } },
  expect: { status: 201, body: { properties: { transferStatus: 'Pending' } } },
})
const chosen = (...names: readonly string[]) => ({
  properties: {
    productDetails: names.map((name) => ({ productType: 'AzureSubscription', productId: `\${${name}}` })),
    transferTermsAccepted: true,
  },
})
const failed = (code: string) => ({ properties: { status: 'Failed', results: [{ code }] } })

export const asking: Line[] = [
  { note: "Step 7: Adatum asks for Wingtip's subscription.", rules: ['OWN-1', 'OWN-2'] },
  {
    at: '2020-04-10T09:00:00Z',
    as: 'nils',
    do: `PUT /\${adatumSection}/transfers/toys?${v2024}`,
    body: { properties: { recipientEmailId: 'berit@wingtip.onmicrosoft.com', transferTermsAccepted: true } },
    expect: refusedWith(403, 'AuthorizationFailed', 'BillingRoleRequired'),
    note: 'Who may not bill to the section may not ask.',
    rules: ['OWN-1'],
  },
  {
    as: 'olga',
    do: `PUT /\${adatumSection}/transfers/toys?${v2024}`,
    body: { properties: { recipientEmailId: 'berit@wingtip.onmicrosoft.com' } },
    expect: refused(400, 'TransferTermsNotAccepted'),
    note: 'Both sides agree to the terms.',
    rules: ['OWN-11'],
  },
  {
    ...asked('forgotten'),
    note: 'A request that nobody answers; it says until when it may be.',
    rules: ['OWN-7', 'DEC-16'],
  },
  {
    at: '2020-04-26T09:00:00Z',
    as: 'berit',
    do: `POST ${received('forgotten', '/accept')}`,
    body: chosen('toys'),
    expect: refused(409, 'TransferExpired'),
    note: 'After 15 days it has expired.',
    rules: ['OWN-7'],
  },
  { ...asked('toys'), rules: ['OWN-1'] },
]

export const accepting: Line[] = [
  { note: 'Step 8: Berit looks, chooses, and hands it over.', rules: ['OWN-2', 'OWN-4', 'OWN-5'] },
  {
    as: 'greta',
    do: `POST ${received('toys', '/validate')}`,
    body: chosen('toys'),
    expect: { status: 200, body: { value: [failed('NotIntendedRecipient')] } },
    note: 'The request is for Berit; for Greta it does not exist.',
    rules: ['OWN-1'],
  },
  { as: 'greta', do: `GET ${received('toys')}`, expect: { status: 404 } },
  {
    as: 'berit',
    do: `POST ${received('toys', '/validate')}`,
    body: chosen('toys', 'attic', 'research'),
    expect: {
      status: 200,
      body: {
        value: [{ properties: { status: 'Ready' } }, failed('SubscriptionNotActive'), failed('ProductNotFound')],
      },
    },
    note: 'One can go, the cancelled one cannot, and of what others pay for she hears nothing.',
    rules: ['OWN-4', 'OWN-5'],
  },
  {
    as: 'berit',
    do: `POST ${received('toys', '/accept')}`,
    body: chosen('toys', 'attic'),
    expect: { status: 409 },
    note: 'What has failed has to be deselected first.',
    rules: ['OWN-5'],
  },
  {
    as: 'berit',
    do: `POST ${received('toys', '/accept')}`,
    body: chosen('toys'),
    expect: {
      status: 200,
      body: { properties: { transferStatus: 'Completed', responsibilityDate: '2020-04-26T09:00:00.000Z' } },
    },
    note: 'From this instant on Adatum pays.',
    rules: ['OWN-9', 'OWN-11'],
  },
  {
    as: 'berit',
    do: `GET /subscriptions/\${toys}?api-version=2022-12-01`,
    expect: { status: 200, body: { tenantId: wingtip } },
    note: 'The subscription stays in the tenant of Wingtip, and Berit its Owner.',
    rules: ['OWN-8', 'OWN-12'],
  },
  {
    as: 'olga',
    do: `GET /subscriptions/\${toys}/resourceGroups?${resources}`,
    expect: { status: 404 },
    note: 'Adatum pays and sees nothing of what is in it.',
    rules: ['OWN-12'],
  },
]

export const aprilsEnd: Line[] = [
  signIns('shoppers-reporter', shoppers, users('shopper', 30), '2020-04-27T08:00:00Z', {
    at: '2020-04-27T08:00:00Z',
    note: '30 shoppers: the 20 of before are charged already, the 10 others are for Adatum.',
    rules: ['DEC-34'],
  }),
  signIns('shoppers-reporter', shoppers, users('late', 2), '2020-04-04T08:00:00Z', {
    note: 'Two more signed in while Berit still paid, and are reported only now: who pays is decided when it is reported.',
    rules: ['OWN-9'],
  }),
  ...billedMonth({
    as: 'olga',
    period: '2020-04',
    profile: 'adatumProfile',
    at: '2020-05-04T00:00:00Z',
    title: 'Adatum, April 2020: the subscription of Wingtip from 26 April on',
    document: { summary: { total: '0.60' } },
    note: '12 monthly active users at 0.05 are 0.60, billed to Adatum for a subscription of another tenant.',
    rules: ['OWN-9', 'INV-11', 'OWN-12'],
  }),
]
