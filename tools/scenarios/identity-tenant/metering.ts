import { billedMonth, type Line, signIns, users } from '../scenario-file.ts'
import { b2c, billingConfig, customers, link, ours, refused } from './names.ts'

const groupA = users('a', 100)
const groupB = users('b', 150)
export const changedAt = '2019-11-10T09:30:15.250Z'

export const transition: Line[] = [
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

export const november: Line[] = [
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

export const december: Line[] = [
  signIns('customers-reporter', customers, [...groupA, ...groupB], '2019-12-12T08:00:00Z', {
    at: '2019-12-12T08:00:00Z',
    note: 'In December the same 250 users sign in.',
    rules: ['MAU-27'],
  }),
]

export const statement: Line[] = billedMonth({
  as: 'olivia',
  period: '2019-12',
  at: '2020-01-04T00:00:00Z',
  title: 'Contoso, December 2019: everybody is an active user',
  document: documentOf('12.50', [product(line('monthly-active-users', '250', '12.50'))]),
  note: '250 monthly active users at 0.05 are 12.50.',
  rules: ['MAU-27'],
})
