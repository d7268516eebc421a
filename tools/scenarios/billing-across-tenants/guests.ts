import type { Line, Request } from '../scenario-file.ts'
import { adatum, ours, refused, refusedWith, v2020, v2024 } from './names.ts'

const settings = '/v1.0/policies/authorizationPolicy'
const domainLists = '/beta/policies/b2bManagementPolicies'
const blocking = (...domains: readonly string[]) => ({
  displayName: 'Guests of Adatum',
  isOrganizationDefault: true,
  definition: [
    JSON.stringify({
      B2BManagementPolicy: {
        InvitationsAllowedAndBlockedDomainsPolicy: { AllowedDomains: [], BlockedDomains: domains },
      },
    }),
  ],
})
const invitation = (address: string, expect: Request['expect'], more: Partial<Request> = {}): Request => ({
  as: 'olga',
  do: 'POST /v1.0/invitations',
  body: {
    invitedUserEmailAddress: address,
    inviteRedirectUrl: 'https://portal.adatum.example/',
    sendInvitationMessage: true,
  },
  ...(expect && { expect }),
  ...more,
})
const guestsOwn = (name: string) => ({
  [`${name}GuestId`]: 'invitedUser.id',
  [`${name}Redemption`]: '["@tenantry.redemption"]',
})
const redemption = (name: string, verb: string): string => `POST /\${${name}Redemption}${verb}?${ours}`
/** Graph keeps its own code, and the finer one inside. */
const refusedInside = (status: number, code: string) => ({ status, body: { error: { innerError: { code } } } })
const reader = '30000000-aaaa-bbbb-cccc-100000000002'

export const inviting: Line[] = [
  { note: "Step 4: Olga invites Greta to Adatum's tenant.", rules: ['TEN-10', 'TEN-12', 'TEN-15', 'TEN-20'] },
  {
    as: 'olga',
    do: `GET /providers/Tenantry.Directory/tenants/${adatum}/invitationNotice?${ours}`,
    expect: { status: 200, body: { properties: { holdsBillingAccount: true } } },
    note: 'What Olga is told before: a guest enters the whole tenant, not only its billing.',
    rules: ['TEN-20'],
  },
  { as: 'olga', do: `PATCH ${settings}`, body: { allowInvitesFrom: 'none' }, expect: { status: 204 } },
  invitation('greta@wingtip.onmicrosoft.com', refusedInside(403, 'InvitationNotAllowed'), {
    note: 'With the setting at none nobody invites, not even a Global Administrator; the refusal says so.',
    rules: ['TEN-15'],
  }),
  { as: 'olga', do: `PATCH ${settings}`, body: { allowInvitesFrom: 'everyone' }, expect: { status: 204 } },
  invitation('somebody@adatum.onmicrosoft.com', refused(400, 'InvitedUserIsInternal'), {
    note: 'Who has an address of the tenant itself is no guest, and is created as a member.',
    rules: ['TEN-11'],
  }),
  {
    as: 'olga',
    do: `POST ${domainLists}`,
    body: blocking('wingtip.onmicrosoft.com'),
    expect: { status: 201 },
    save: { domainList: 'id' },
  },
  invitation('greta@wingtip.onmicrosoft.com', refused(403, 'DomainBlockedByPolicy'), {
    note: "Adatum's own list blocks the domain, so the refusal points to Adatum's settings.",
    rules: ['TEN-16', 'TEN-17'],
  }),
  {
    as: 'olga',
    do: `PATCH ${domainLists}/\${domainList}`,
    body: blocking('northwind.example'),
    expect: { status: 204 },
  },
  invitation(
    'greta@wingtip.onmicrosoft.com',
    { status: 201, body: { status: 'PendingAcceptance' } },
    {
      save: guestsOwn('greta'),
      note: 'The account is there at once, pending, and the link is mailed and shown.',
      rules: ['TEN-12', 'DEC-45'],
    },
  ),
  invitation('berit@wingtip.onmicrosoft.com', { status: 201 }, { save: guestsOwn('berit') }),
]

export const redeeming: Line[] = [
  { note: 'Step 5: Greta follows the link, signed in at home.', rules: ['TEN-13', 'TEN-14'] },
  {
    do: `POST /providers/Tenantry.Sandbox/tokens?${ours}`,
    body: { tenantId: adatum, userId: '${gretaGuestId}' },
    expect: { status: 404 },
    note: 'Until she accepts she is nobody in the tenant of Adatum.',
    rules: ['TEN-14'],
  },
  {
    as: 'berit',
    do: redemption('greta', '/accept'),
    expect: refused(403, 'WrongIdentity'),
    note: 'Berit is not who was invited; the invitation stays open.',
    rules: ['TEN-13'],
  },
  {
    as: 'olga',
    do: `PATCH ${domainLists}/\${domainList}`,
    body: blocking('wingtip.onmicrosoft.com'),
    expect: { status: 204 },
  },
  {
    as: 'greta',
    do: redemption('greta', '/accept'),
    expect: refused(403, 'DomainBlockedByPolicy'),
    note: 'The list is asked again when the invitation is redeemed.',
    rules: ['TEN-17'],
  },
  {
    as: 'olga',
    do: `DELETE ${domainLists}/\${domainList}`,
    expect: { status: 204 },
  },
  {
    as: 'greta',
    do: `GET /\${gretaRedemption}?${ours}`,
    expect: { status: 200 },
    note: 'Looking at it changes nothing.',
  },
  {
    as: 'greta',
    do: redemption('greta', '/accept'),
    expect: { status: 200 },
    note: 'Greta accepts.',
    rules: ['TEN-13'],
  },
  {
    as: 'greta',
    do: redemption('greta', '/accept'),
    expect: refused(409, 'InvitationNotPending'),
    note: 'A link works once.',
  },
  { principal: { name: 'greta-at-adatum', tenantId: adatum, userId: '${gretaGuestId}' } },
  {
    as: 'greta-at-adatum',
    do: `GET /providers/Microsoft.Billing/billingAccounts?${v2020}`,
    expect: { status: 200, body: { value: [] } },
    note: 'She has no billing role yet, so no account is listed',
    rules: ['TEN-14'],
  },
  {
    as: 'greta-at-adatum',
    do: `GET /\${adatumAccount}?${v2020}`,
    expect: refusedWith(403, 'AuthorizationFailed', 'BillingRoleRequired'),
    note: 'and asking for it by name says what may be missing: the role, the acceptance, or the right tenant.',
    rules: ['ACC-14'],
  },
]

export const givingRoles: Line[] = [
  { note: 'Step 6: a billing role for Greta, at the narrowest useful scope.', rules: ['ACC-9', 'BIL-16'] },
  {
    as: 'olga',
    do: `POST /\${adatumSection}/createBillingRoleAssignment?${v2024}`,
    body: {
      principalId: '${beritId}',
      roleDefinitionId: `\${adatumSection}/billingRoleDefinitions/${reader}`,
    },
    expect: refused(400, 'PrincipalNotInBillingTenant'),
    note: 'Berit is not in the tenant of the account: she has to be a guest first.',
    rules: ['TEN-10'],
  },
  {
    as: 'olga',
    do: `POST /\${adatumSection}/createBillingRoleAssignment?${v2024}`,
    body: {
      principalId: '${gretaGuestId}',
      roleDefinitionId: `\${adatumSection}/billingRoleDefinitions/${reader}`,
    },
    expect: { status: [200, 201] },
  },
  {
    as: 'greta-at-adatum',
    do: `GET /providers/Microsoft.Billing/billingAccounts?${v2020}`,
    expect: { status: 200, body: { value: [{ properties: { displayName: 'Adatum AB' } }] } },
    note: 'Now the account is in her list.',
    rules: ['TEN-14'],
  },
  { as: 'greta-at-adatum', do: `GET /\${adatumSection}?${v2020}`, expect: { status: 200 } },
  {
    as: 'greta-at-adatum',
    do: `GET /\${adatumProfile}/policies/default?${v2020}`,
    expect: refusedWith(403, 'AuthorizationFailed', 'BillingRoleRequired'),
    note: 'A reader of the section sees nothing of the profile.',
    rules: ['ACC-9'],
  },
  {
    as: 'greta',
    do: `GET /providers/Microsoft.Billing/billingAccounts?${v2020}`,
    expect: { status: 200 },
    note: 'With the token of her home tenant she sees what is there, and not the account of Adatum.',
    rules: ['BIL-3'],
  },
]
