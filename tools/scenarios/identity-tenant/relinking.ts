import { type Line, type Request, signIns, users } from '../scenario-file.ts'
import { b2c, bare, billingConfig, customers, domain, link, ours, policies, refused } from './names.ts'

const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
const january = (profile: string, as: string, total: string): Request => ({
  as,
  do: `POST /\${${profile}}/providers/Tenantry.Billing/preview?${ours}`,
  body: { properties: { period: '2020-01' } },
  expect: { status: 200, body: { properties: { document: { summary: { total } } } } },
})
const elsewheresPolicy = (...allowed: readonly string[]): Request => ({
  as: 'frida',
  do: `PUT /subscriptions/\${elsewhere}/providers/Microsoft.Authorization/policyAssignments/our-regions?${policies}`,
  body: {
    properties: {
      policyDefinitionId: '/subscriptions/${elsewhere}/providers/Microsoft.Authorization/policyDefinitions/our-regions',
      parameters: { allowed: { value: allowed } },
    },
  },
  expect: { status: [200, 201] },
})

export const relinking: Line[] = [
  {
    note: 'Step 6: to a subscription of another directory. Somebody from there becomes guest and Global Administrator of the identity tenant first.',
    rules: ['MAU-29', 'MAU-31'],
  },
  signIns('customers-reporter', customers, users('a', 10), '2020-01-08T08:00:00Z', {
    at: '2020-01-08T08:00:00Z',
    note: 'In January 10 users sign in while Contoso pays.',
  }),
  {
    as: 'olivia-inside',
    do: 'POST /v1.0/invitations',
    body: {
      invitedUserEmailAddress: '${fridaName}',
      inviteRedirectUrl: 'https://portal.contoso.example/',
      sendInvitationMessage: true,
    },
    expect: { status: 201 },
    save: { fridaGuestId: 'invitedUser.id', fridaRedemption: '["@tenantry.redemption"]' },
    note: '(a) Olivia invites Frida of Fabrikam,',
    rules: ['TEN-12'],
  },
  {
    as: 'olivia-inside',
    do: `POST /v1.0/directoryRoles/roleTemplateId=${globalAdministrator}/members/$ref`,
    body: { '@odata.id': 'https://graph.microsoft.com/v1.0/directoryObjects/${fridaGuestId}' },
    expect: { status: 204 },
    note: 'and makes her Global Administrator.',
    rules: ['MAU-31'],
  },
  {
    as: 'olivia',
    do: `GET ${link('target')}/providers/Tenantry.Metering/unlinkWarnings?${ours}`,
    expect: { status: 200, body: { value: [{ code: 'OnlyLinkRemoved' }, { code: 'NoDestinationAdministrator' }] } },
    note: 'Until Frida accepts there is still nobody who could link again.',
    rules: ['TEN-14', 'MAU-31'],
  },
  {
    as: 'frida',
    do: `POST /\${fridaRedemption}/accept?${ours}`,
    expect: { status: 200 },
    note: 'She accepts; in an identity tenant this is an authentication, so she is the 11th active user of the month.',
    rules: ['TEN-13', 'MAU-34', 'DEC-26'],
  },
  {
    as: 'olivia',
    do: `GET ${link('target')}/providers/Tenantry.Metering/unlinkWarnings?${ours}`,
    expect: { status: 200, body: { value: [{ code: 'OnlyLinkRemoved' }] } },
    note: 'Now only the link would go.',
    rules: ['MAU-30', 'MAU-31'],
  },
  {
    as: 'frida',
    do: `PUT ${link('elsewhere')}?${b2c}`,
    body: bare,
    expect: refused(409, 'IdentityTenantAlreadyLinked'),
    note: 'It is linked still. Where, Frida is not told: she may not read it.',
    rules: ['MAU-3'],
  },
  {
    at: '2020-01-15T12:00:00Z',
    as: 'olivia',
    do: `DELETE ${link('target')}?${b2c}`,
    expect: { status: [200, 204] },
    note: '(b) Olivia deletes the link, in the subscription. Users, applications and settings of the tenant stay.',
    rules: ['MAU-30'],
  },
  {
    as: 'olivia-inside',
    do: 'GET /v1.0/applications',
    expect: { status: 200, body: { value: [{ displayName: 'Sign-in log of customers' }] } },
    rules: ['MAU-30'],
  },
  signIns('customers-reporter', customers, users('between', 5), '2020-01-16T08:00:00Z', {
    at: '2020-01-16T08:00:00Z',
    note: 'While there is no link nobody pays, now or later.',
    rules: ['MAU-20', 'DEC-10'],
  }),
  {
    at: '2020-01-17T08:00:00Z',
    as: 'frida',
    do: `GET /providers/Microsoft.AzureActiveDirectory/b2ctenants?${b2c}`,
    expect: { status: 200, body: { value: [{ name: domain, properties: { tenantId: customers } }] } },
    note: '(c) Frida works from her own directory and finds the tenant among those that she may link.',
    rules: ['MAU-5'],
  },
  {
    as: 'frida',
    do: `PUT /subscriptions/\${elsewhere}/providers/Microsoft.Authorization/policyDefinitions/our-regions?${policies}`,
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
  elsewheresPolicy('germanywestcentral', 'westeurope'),
  {
    as: 'frida',
    do: `PUT ${link('elsewhere')}?${b2c}`,
    body: bare,
    expect: refused(403, 'RequestDisallowedByPolicy'),
    note: "Fabrikam's own regional restriction is in the way, and the refusal names the cure.",
    rules: ['SUB-12', 'SUB-13'],
  },
  elsewheresPolicy('germanywestcentral', 'westeurope', 'Europe'),
  {
    as: 'frida',
    do: `PUT ${link('elsewhere')}?${b2c}`,
    body: bare,
    expect: { status: 201, body: billingConfig('MAU', '2020-01-17T08:00:00.000Z') },
    note: '(d) She links it to the subscription of Fabrikam; linked anew, it is billed by active users.',
    rules: ['MAU-12', 'MAU-32', 'DEC-12'],
  },
  signIns('customers-reporter', customers, [...users('a', 10), ...users('b', 20)], '2020-01-20T08:00:00Z', {
    at: '2020-01-20T08:00:00Z',
    note: '(e) 30 users sign in: 10 of them are charged already, to where they were active first.',
    rules: ['DEC-9'],
  }),
  {
    note: "What January has come to: Contoso's 11 users are 0.55, Fabrikam's 20 are 1.00.",
    rules: ['MAU-32'],
  },
  { ...january('profile', 'olivia', '0.55'), at: '2020-01-31T12:00:00Z', rules: ['MAU-32', 'DEC-9'] },
  { ...january('fabrikamProfile', 'frida', '1.00'), rules: ['MAU-32', 'DEC-9'] },
]
