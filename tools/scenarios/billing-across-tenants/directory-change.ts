import type { Line, Request } from '../scenario-file.ts'
import { adatum, litware, ours, refused, subscriptions, tenant, v2020 } from './names.ts'

const agreementTemplate = '117a77b0-9360-443b-8795-c6dedc750cf9'
const preview = 'api-version=2025-11-01-preview'
const asking = (more: Pick<Request, 'expect'> & Partial<Request>): Request => ({
  as: 'berit',
  do: `PUT /subscriptions/\${toys}/providers/Microsoft.Subscription/changeTenantRequest/default?${preview}`,
  body: { properties: { destinationTenantId: adatum, destinationOwnerId: '${beritGuestId}' } },
  ...more,
})
const tenantsPolicy = (as: string, policy: object, note?: string): Line[] => [
  { as, do: 'POST /providers/Microsoft.Authorization/elevateAccess?api-version=2015-07-01', expect: { status: 200 } },
  {
    as,
    do: `PUT /providers/Microsoft.Subscription/policies/default?${subscriptions}`,
    body: policy,
    expect: { status: 200 },
    ...(note !== undefined && { note }),
    rules: ['SUB-23'],
  },
]
const open = { blockSubscriptionsLeavingTenant: false, blockSubscriptionsIntoTenant: false }

/** A partner's subscription does not change its directory, whoever asks. */
export const partnersSubscription: Line[] = [
  ...tenant(litware, 'Litware', 'litware', 'Pia Lind', 'pia'),
  {
    do: `PUT /providers/Tenantry.Partner/partners/${litware}?${ours}`,
    body: {
      properties: {
        tenantId: litware,
        kind: 'direct',
        displayName: 'Litware',
        countryCode: 'SE',
        currencies: ['USD'],
      },
    },
    expect: { status: 201 },
    save: { adminAgents: 'properties.groups.adminAgents' },
  },
  {
    as: 'pia',
    do: 'POST /v1.0/groups/${adminAgents}/members/$ref',
    body: { '@odata.id': 'https://graph.microsoft.com/v1.0/directoryObjects/${piaId}' },
    expect: { status: 204 },
  },
  {
    as: 'pia',
    do: 'POST /v1/customers',
    body: {
      CompanyProfile: { Domain: 'proseware.onmicrosoft.com' },
      BillingProfile: {
        Culture: 'EN-US',
        Language: 'En',
        Email: 'gena@proseware.example',
        CompanyName: 'Proseware',
        DefaultAddress: { FirstName: 'Gena', LastName: 'Soto', AddressLine1: 'Storgatan 1', Country: 'SE' },
      },
    },
    expect: { status: 201 },
    save: { customer: 'id' },
    note: 'Litware is a partner and has a customer.',
    rules: ['PAR-2'],
  },
  {
    as: 'pia',
    do: 'POST /v1/customers/${customer}/agreements',
    body: {
      PrimaryContact: { FirstName: 'Gena', LastName: 'Soto', Email: 'gena@proseware.example' },
      TemplateId: agreementTemplate,
      DateAgreed: '2020-05-01',
      Type: 'MicrosoftCustomerAgreement',
    },
    expect: { status: [200, 201] },
    rules: ['PAR-3'],
  },
  {
    as: 'pia',
    do: 'POST /v1/customers/${customer}/orders',
    body: {
      ReferenceCustomerId: '${customer}',
      LineItems: [{ LineItemNumber: 0, OfferId: 'MS-AZR-0145P', Quantity: 1, FriendlyName: 'web' }],
    },
    expect: { status: 201 },
    save: { web: 'lineItems.0.subscriptionId' },
  },
  {
    as: 'pia',
    do: `PUT /subscriptions/\${web}/providers/Microsoft.Subscription/changeTenantRequest/default?${preview}`,
    body: { properties: { destinationTenantId: litware, destinationOwnerId: '${piaId}' } },
    expect: refused(409, 'DirectoryChangeNotSupportedForPartnerSubscription'),
    note: 'A subscription that a partner sold stays in the directory of the customer.',
    rules: ['SUB-21'],
  },
]

export const directoryChange: Line[] = [
  {
    note: 'Step 9, a separate step that nobody has to take: the subscription goes over to the tenant of Adatum.',
    rules: ['SUB-18', 'SUB-20'],
  },
  asking({
    at: '2020-05-08T08:00:00Z',
    expect: refused(403, 'CallerNotInTargetTenant'),
    note: 'Berit owns the subscription, and has no account in the tenant of Adatum yet.',
    rules: ['SUB-18'],
  }),
  {
    as: 'berit',
    do: `POST /\${beritRedemption}/accept?${ours}`,
    expect: refused(410, 'InvitationExpired'),
    note: 'Her invitation of April has expired.',
    rules: ['DEC-16'],
  },
  {
    as: 'olga',
    do: 'POST /v1.0/invitations',
    body: {
      invitedUserEmailAddress: 'berit@wingtip.onmicrosoft.com',
      inviteRedirectUrl: 'https://portal.adatum.example/',
      resetRedemption: true,
      invitedUser: { id: '${beritGuestId}' },
    },
    expect: { status: 201 },
    save: { beritRedemption: '["@tenantry.redemption"]' },
    note: 'Olga sends her a new link.',
  },
  { as: 'berit', do: `POST /\${beritRedemption}/accept?${ours}`, expect: { status: 200 } },
  { principal: { name: 'berit-at-adatum', tenantId: adatum, userId: '${beritGuestId}' } },
  ...tenantsPolicy('berit', { ...open, blockSubscriptionsLeavingTenant: true }, 'Wingtip lets no subscription go.'),
  asking({ expect: refused(403, 'SubscriptionPolicyForbidsLeaving'), rules: ['SUB-23'] }),
  ...tenantsPolicy('berit', open),
  ...tenantsPolicy('olga', { ...open, blockSubscriptionsIntoTenant: true }, 'Adatum takes none in.'),
  asking({ expect: refused(403, 'SubscriptionPolicyForbidsEntering'), rules: ['SUB-23'] }),
  ...tenantsPolicy('olga', open),
  {
    as: 'berit',
    do: `GET /subscriptions/\${toys}/providers/Tenantry.Directory/directoryChangeLosses/default?${ours}`,
    expect: { status: 200, body: { properties: { counts: { roleAssignment: 1 } } } },
    note: 'What would be lost, before anything is done; it can be kept as JSON or CSV.',
    rules: ['SUB-19'],
  },
  asking({ expect: { status: 200, body: { properties: { destinationTenantId: adatum } } }, rules: ['SUB-18'] }),
  {
    as: 'berit-at-adatum',
    do: `POST /providers/Microsoft.Subscription/subscriptions/\${toys}/acceptChangeTenant?${preview}`,
    expect: { status: 204 },
    note: 'The account that is named accepts, and becomes Owner in the same commit.',
    rules: ['SUB-19'],
  },
  {
    as: 'berit-at-adatum',
    do: `GET /subscriptions/\${toys}?api-version=2022-12-01`,
    expect: { status: 200, body: { tenantId: adatum } },
  },
  {
    as: 'berit',
    do: `GET /subscriptions/\${toys}?api-version=2022-12-01`,
    expect: { status: 404 },
    note: "With the account of Wingtip's own tenant it is gone.",
    rules: ['SUB-19'],
  },
  {
    as: 'olga',
    do: `GET /\${adatumAccount}/billingSubscriptions/\${toys}?${v2020}`,
    expect: { status: 200, body: { properties: { invoiceSectionId: '${adatumSection}' } } },
    note: 'Adatum pays for it as before: who pays and where it lives are two things.',
    rules: ['SUB-20'],
  },
]
