const someone = '0e000000-0000-4000-8000-00000000000e'
const section = `/providers/Microsoft.Billing/billingAccounts/x/billingProfiles/y/invoiceSections/z`
const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${someone}` }
const move = {
  resources: [`/subscriptions/${someone}/resourceGroups/canary/providers/Microsoft.Compute/virtualMachines/canary`],
  targetResourceGroup: `/subscriptions/${someone}/resourceGroups/target`,
}
const billingRole = {
  principalId: someone,
  roleDefinitionId: `/providers/Microsoft.Billing/billingAccounts/x/billingRoleDefinitions/50000000-aaaa-bbbb-cccc-100000000000`,
}
const products = {
  properties: {
    productDetails: [{ productType: 'AzureSubscription', productId: someone }],
    transferTermsAccepted: true,
  },
}
const supportTicket = {
  properties: {
    serviceId: '/providers/Microsoft.Support/services/7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6d10',
    problemClassificationId:
      '/providers/Microsoft.Support/services/7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6d10/problemClassifications/7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6d11',
    title: 'x',
    description: 'x',
    severity: 'minimal',
    contactDetails: {
      firstName: 'x',
      lastName: 'x',
      preferredContactMethod: 'email',
      primaryEmailAddress: 'x@mail.example',
      preferredTimeZone: 'x',
      country: 'SWE',
      preferredSupportLanguage: 'en-US',
    },
  },
}
const domainList =
  '{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{"AllowedDomains":[],"BlockedDomains":["x.com"]}}}'
const roleId = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'

/**
 * A body that each operation would take from somebody with the right, so that what refuses is the right and not the
 * body. By namespace and operation.
 */
export const bodies: Readonly<Record<string, unknown>> = {
  'Microsoft.Authorization.RoleAssignments_Create': {
    properties: {
      roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      principalId: someone,
    },
  },
  'Microsoft.Authorization.RoleDefinitions_CreateOrUpdate': {
    properties: { roleName: 'Own', permissions: [{ actions: ['*/read'] }], assignableScopes: ['/'] },
  },
  'Microsoft.Authorization.PolicyDefinitions_CreateOrUpdate': {
    properties: { policyRule: { if: { field: 'location', equals: 'x' }, then: { effect: 'deny' } } },
  },
  'Microsoft.Authorization.ManagementLocks_CreateOrUpdateByScope': { properties: { level: 'CanNotDelete' } },
  'Microsoft.Authorization.PolicyAssignments_Create': {
    properties: {
      policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c',
    },
  },
  'Microsoft.AzureActiveDirectory.B2CTenants_CheckNameAvailability': {
    name: 'free.onmicrosoft.com',
    countryCode: 'SE',
  },
  'Tenantry.Metering.LegacyLinks_Import': {
    properties: {
      tenantId: someone,
      subscriptionId: someone,
      resourceGroup: 'canary',
      linkedAt: '2019-01-01T00:00:00Z',
    },
  },
  'Microsoft.Subscription.Alias_Create': {
    properties: { displayName: 'x', workload: 'Production', billingScope: section },
  },
  'Microsoft.Subscription.Subscriptions_PutTargetDirectory': {
    properties: { destinationTenantId: someone, destinationOwnerId: someone },
  },
  'Microsoft.Subscription.SubscriptionPolicy_AddUpdatePolicyForTenant': { blockSubscriptionsLeavingTenant: true },
  'Microsoft.Subscription.Subscription_AcceptOwnership': { properties: { displayName: 'x' } },
  'Tenantry.Billing.CreationPolicy_Put': { properties: { creationInOtherTenants: 'Allowed' } },
  'Microsoft.Subscription.Subscription_Rename': { subscriptionName: 'renamed' },
  'Microsoft.Authorization.PolicyAssignments_Update': { properties: {} },
  'Microsoft.AzureActiveDirectory.B2CTenants_Create': {
    location: 'Europe',
    sku: { name: 'PremiumP1', tier: 'A0' },
    properties: { createTenantProperties: { displayName: 'New', countryCode: 'SE' } },
  },
  'Microsoft.AzureActiveDirectory.B2CTenants_Update': { properties: { billingConfig: { billingType: 'MAU' } } },
  'Microsoft.AzureActiveDirectory.GuestUsages_Create': { location: 'Europe', properties: { tenantId: someone } },
  'Microsoft.AzureActiveDirectory.GuestUsages_Update': { tags: {} },
  'subscriptions.ResourceGroups_CreateOrUpdate': { location: 'westeurope' },
  'subscriptions.ResourceGroups_Update': { tags: {} },
  '{resourceProviderNamespace}.Resources_CreateOrUpdate': { location: 'westeurope', properties: {} },
  '{resourceProviderNamespace}.Resources_Update': { tags: {} },
  'subscriptions.Resources_MoveResources': move,
  'subscriptions.Resources_ValidateMoveResources': move,
  'Microsoft.Resources.Tags_CreateOrUpdateAtScope': { properties: { tags: {} } },
  'Microsoft.Resources.Tags_UpdateAtScope': { operation: 'Merge', properties: { tags: {} } },
  'Tenantry.Directory.GuestTerms_CreateOrUpdate': { properties: { termsOfUseUrl: 'https://example.com/terms' } },
  'Tenantry.Directory.Invitations_Resend': {},
  'Tenantry.Directory.Redemptions_Accept': {},
  'v1.0.Graph_UpdateAuthorizationPolicy': { allowInvitesFrom: 'none' },
  'beta.Graph_CreateB2bManagementPolicy': { displayName: 'List', definition: [domainList] },
  'beta.Graph_UpdateB2bManagementPolicy': { displayName: 'Other' },
  'v1.0.Graph_CreateIdentityProvider': {
    '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
    displayName: 'Woodgrove',
    clientId: 'tenantry',
    clientSecret: 'a secret of the provider',
    metadataUrl: 'https://login.woodgrove.example/.well-known/openid-configuration',
    responseType: 'code',
  },
  'v1.0.Graph_UpdateIdentityProvider': { displayName: 'Other' },
  'Tenantry.Directory.Tenants_CreateOrUpdate': {
    properties: { displayName: 'Mine', initialDomainLabel: 'mine', countryCode: 'SE', kind: 'workforce' },
  },
  'Microsoft.Support.SupportTickets_CheckNameAvailability': { name: 'x', type: 'Microsoft.Support/supportTickets' },
  'Microsoft.Support.Communications_CheckNameAvailability': { name: 'x', type: 'Microsoft.Support/communications' },
  'Microsoft.Support.SupportTickets_Create': supportTicket,
  'Microsoft.Support.SupportTickets_Update': { severity: 'minimal' },
  'Microsoft.Support.Communications_Create': { properties: { subject: 'x', body: 'x' } },
  'Tenantry.Directory.SupportTickets_Reply': { properties: { subject: 'x', body: 'x' } },
  'Tenantry.Directory.SupportTickets_SetStatus': { properties: { status: 'Closed' } },
  'Tenantry.Directory.Services_CreateOrUpdate': {
    properties: { displayName: 'x', portalUrl: 'https://x.example' },
  },
  'Tenantry.Directory.Tenants_CreateOwn': {
    properties: { displayName: 'Mine', initialDomainLabel: 'mine', countryCode: 'SE', kind: 'workforce' },
  },
  'Tenantry.Billing.SignUps_Create': {
    properties: {
      tenantId: someone,
      displayName: 'x',
      currency: 'USD',
      countryCode: 'SE',
      owner: { objectId: someone },
    },
  },
  'Tenantry.Billing.Issuer_CreateOrUpdate': {
    properties: {
      legalName: 'Mine',
      taxId: '',
      paymentTermsDays: 30,
      address: { country: 'SE' },
      bankDetails: {},
      taxRates: [],
    },
  },
  'Tenantry.Billing.IssuedInvoices_Credit': { properties: { reason: 'x' } },
  'Tenantry.Billing.Payments_Record': { properties: {} },
  'Tenantry.Billing.Payments_Reverse': { properties: { reason: 'x' } },
  'Tenantry.Billing.Payments_PayThroughAccount': { properties: {} },
  'Tenantry.Billing.Payments_PayThroughProfile': { properties: {} },
  'Tenantry.Billing.Credits_Grant': { properties: { amount: '1', reason: 'x' } },
  'Tenantry.Billing.IssuedInvoices_Preview': { properties: { period: '2026-01' } },
  'v1.Customers_Create': {
    companyProfile: { domain: 'newcustomer.onmicrosoft.com' },
    billingProfile: { companyName: 'x', defaultAddress: { country: 'SE' } },
  },
  'v1.Customers_Update': { relationshipToPartner: 'none' },
  'v1.CustomerProfiles_UpdateBilling': { companyName: 'x', defaultAddress: { country: 'SE' } },
  'v1.Orders_Create': { lineItems: [{ offerId: 'MS-AZR-0145P', friendlyName: 'x' }] },
  'v1.Subscriptions_Update': { status: 'suspended' },
  'v1.Agreements_Create': {
    primaryContact: { firstName: 'x', lastName: 'y', email: 'x@example.com' },
    templateId: '117a77b0-9360-443b-8795-c6dedc750cf9',
    dateAgreed: '2025-12-31',
    type: 'MicrosoftCustomerAgreement',
  },
  'Tenantry.Partner.RelationshipRequests_Create': { properties: {} },
  'Tenantry.Partner.RelationshipRequests_Accept': { properties: { code: 'x' } },
  'Tenantry.Partner.Partners_CreateOrUpdate': {
    properties: { tenantId: someone, kind: 'direct', displayName: 'x', countryCode: 'SE', currencies: ['USD'] },
  },
  'Tenantry.Pricing.PriceListVersions_Publish': {
    properties: {
      effectiveFrom: '2026-01-01',
      displayName: 'x',
      currency: 'USD',
      prices: [
        {
          meterId: 'x',
          unit: 'x',
          productName: { en: 'x' },
          serviceFamily: 'x',
          price: { model: 'perUnit', unitPrice: '1' },
        },
      ],
    },
  },
  'Tenantry.Pricing.ProductOffers_Put': {
    properties: {
      kind: 'plan',
      productName: { en: 'x', sv: 'x' },
      serviceFamily: 'x',
      monthlyPrices: { USD: '1' },
    },
  },
  'Tenantry.Pricing.PriceListAssignments_Put': { properties: { from: '2026-01-01T00:00:00Z' } },
  'Tenantry.Pricing.ExchangeRates_Put': { properties: { from: 'USD', to: 'SEK', rate: '10', day: '2025-12-29' } },
  'Microsoft.Billing.BillingAccounts_Update': { properties: { displayName: 'x' } },
  'Microsoft.Billing.BillingProfiles_CreateOrUpdate': { properties: { displayName: 'x' } },
  'Microsoft.Billing.InvoiceSections_CreateOrUpdate': { properties: { displayName: 'x' } },
  'Tenantry.Billing.PaymentMethods_Put': {
    properties: { family: 'CreditCard', cardReference: 'tok_x', lastFourDigits: '4242', expiration: '11/2030' },
  },
  'Microsoft.Billing.Policies_Update': {
    properties: { marketplacePurchases: 'AllAllowed', reservationPurchases: 'Allowed', viewCharges: 'Allowed' },
  },
  'Microsoft.Billing.BillingRoleAssignments_CreateByBillingAccount': billingRole,
  'Microsoft.Billing.BillingRoleAssignments_CreateByBillingProfile': billingRole,
  'Microsoft.Billing.BillingRoleAssignments_CreateByInvoiceSection': billingRole,
  'Microsoft.Billing.BillingPermissions_CheckAccessByBillingAccount': {
    actions: ['Microsoft.Billing/billingAccounts/read'],
  },
  'Microsoft.Billing.BillingPermissions_CheckAccessByBillingProfile': {
    actions: ['Microsoft.Billing/billingAccounts/read'],
  },
  'Microsoft.Billing.BillingPermissions_CheckAccessByInvoiceSection': {
    actions: ['Microsoft.Billing/billingAccounts/read'],
  },
  'Microsoft.Billing.PartnerTransfers_Initiate': { properties: { recipientEmailId: 'x@example.com' } },
  'Microsoft.Billing.BillingSubscriptions_Update': { properties: { costCenter: 'x' } },
  'Microsoft.Billing.BillingSubscriptions_Move': { destinationInvoiceSectionId: section },
  'Microsoft.Billing.BillingSubscriptions_ValidateMove': { destinationInvoiceSectionId: section },
  'Microsoft.Billing.Products_Update': { properties: { autoRenew: 'Off' } },
  'Microsoft.Billing.Products_Move': { destinationInvoiceSectionId: section },
  'Microsoft.Billing.Products_ValidateMoveEligibility': { destinationInvoiceSectionId: section },
  'Tenantry.Billing.ProductPurchases_Create': { properties: { offerName: 'x' } },
  'Microsoft.Billing.AssociatedTenants_CreateOrUpdate': {
    properties: { displayName: 'x', billingManagementState: 'Active' },
  },
  'Microsoft.Billing.BillingRequests_CreateOrUpdate': { properties: { status: 'Approved' } },
  'Microsoft.Billing.Transfers_Initiate': {
    properties: { recipientEmailId: 'somebody@example.com', transferTermsAccepted: true },
  },
  'Microsoft.Billing.RecipientTransfers_Validate': products,
  'Microsoft.Billing.RecipientTransfers_Accept': products,
  'Microsoft.Billing.BillingProperty_Update': { properties: { costCenter: 'x' } },
  'Microsoft.Billing.Invoices_DownloadMultipleBillingProfileInvoices': [
    'https://localhost/providers/Microsoft.Billing/billingAccounts/default/invoices/T000000001/download?downloadToken=pdf',
  ],
  'Microsoft.Billing.Invoices_DownloadMultipleBillingSubscriptionInvoices': [
    'https://localhost/providers/Microsoft.Billing/billingAccounts/default/invoices/T000000001/download?downloadToken=pdf',
  ],
  'Microsoft.Billing.Address_Validate': { addressLine1: 'Storgatan 1', country: 'SE' },
  'v1.0.Graph_CreateUser': {
    accountEnabled: true,
    displayName: 'x',
    mailNickname: 'x',
    userPrincipalName: 'x@fabrikam.onmicrosoft.com',
    passwordProfile: { password: 'Long enough to be accepted 1!' },
  },
  'v1.0.Graph_UpdateUser': { displayName: 'x' },
  'v1.0.Graph_CreateGroup': { displayName: 'x', mailNickname: 'x', mailEnabled: false, securityEnabled: true },
  'v1.0.Graph_UpdateGroup': { displayName: 'x' },
  'v1.0.Graph_AddGroupMember': reference,
  'v1.0.Graph_AddGroupOwner': reference,
  'v1.0.Graph_RestoreDeletedItem': {},
  'v1.0.Graph_CreateDomain': { id: 'canary.example' },
  'v1.0.Graph_UpdateDomain': { isDefault: true },
  'v1.0.Graph_UpdateOrganization': { displayName: 'x' },
  'v1.0.Graph_ActivateDirectoryRole': { roleTemplateId: '62e90394-69f5-4237-9190-012177145e10' },
  'v1.0.Graph_AddDirectoryRoleMember': reference,
  'v1.0.Graph_AddDirectoryRoleMemberByTemplate': reference,
  'v1.0.Graph_UpdateApplication': { displayName: 'x' },
  'v1.0.Graph_AddApplicationPassword': {},
  'v1.0.Graph_RemoveApplicationPassword': { keyId: someone },
  'v1.0.Graph_CreateServicePrincipal': { appId: someone },
  'v1.0.Graph_CreateAppRoleAssignment': { principalId: someone, resourceId: someone, appRoleId: someone },
  'Tenantry.Sandbox.SandboxClock_Set': { properties: { now: '2027-01-01T00:00:00Z' } },
  'Tenantry.Sandbox.SandboxTokens_Issue': { tenantId: someone, userId: someone },
  'Microsoft.Resources.CheckResourceName': { name: 'x', type: 'Microsoft.Compute/virtualMachines' },
}

/** What everybody who is signed in may ask; it shows only what is theirs or the same for all. */
export const openToEverybody: ReadonlySet<string> = new Set([
  'Microsoft.Authorization.PolicyDefinitions_ListBuiltIn',
  'Microsoft.Authorization.ProviderOperationsMetadata_List',
  'Microsoft.AzureActiveDirectory.B2CTenants_ListLinkable',
  'Microsoft.AzureActiveDirectory.Operations_List',
  'Tenantry.Metering.LinkableTenants_Explain',
  'Microsoft.Subscription.Alias_List',
  // An alias is looked for among the caller's own tenant's; one that is not there is gone already.
  'Microsoft.Subscription.Alias_Delete',
  'Microsoft.Subscription.Operations_List',
  // What the caller's own tenant says of subscriptions that leave and enter it, without who is exempt.
  'Microsoft.Subscription.SubscriptionPolicy_GetPolicyForTenant',
  'Microsoft.Subscription.SubscriptionPolicy_ListPolicyForTenant',
  'subscriptions.Subscriptions_List',
  'tenants.Tenants_List',
  'Tenantry.Directory.Services_List',
  'Microsoft.Support.Services_List',
  'Tenantry.Directory.TenantMemberships_List',
  'Microsoft.Resources.CheckResourceName',
  '.Providers_ListAtTenantScope',
  '{resourceProviderNamespace}.Providers_GetAtTenantScope',
  'Microsoft.Resources.Operations_List',
  'Microsoft.Billing.Operations_List',
  'Microsoft.Billing.Address_Validate',
  'Microsoft.Billing.EnrollmentAccounts_List',
  'Microsoft.Billing.RecipientTransfers_List',
  'Microsoft.Billing.BillingRequests_ListByUser',
  'Microsoft.Billing.RecipientTransfers_Validate',
  'Microsoft.Consumption.Operations_List',
  'Microsoft.Billing.BillingAccounts_List',
  'Microsoft.Billing.PaymentMethods_ListByUser',
  // Only the caller's own are looked for; one that is not there is gone already.
  'Microsoft.Billing.PaymentMethods_DeleteByUser',
  'v1.0.Graph_ListUsers',
  'v1.0.Graph_GetMe',
  'oidc.Login_GetUserInfo',
  'oidc.Login_PostUserInfo',
  'v1.0.Graph_ListMyMemberOf',
  'v1.0.Graph_ListGroups',
  'v1.0.Graph_ListDirectoryRoles',
  'v1.0.Graph_ListDirectoryRoleTemplates',
  'v1.0.Graph_ListOrganization',
  'v1.0.Graph_ListDomains',
  'v1.0.Graph_ListApplications',
  'v1.0.Graph_ListServicePrincipals',
])

/** What these do to the caller's own tenant has tests of its own; each item of a batch is answered for itself. */
export const testedElsewhere: ReadonlySet<string> = new Set([
  'v1.0.Graph_CreateApplication',
  'Tenantry.Directory.Tenants_CreateOwn',
  'v1.0.Graph_RevokeMySignInSessions',
  'v1.0.Graph_CreateInvitation',
  'v1.0.Graph_CreateGroup',
  'v1.0.Graph_CreateApplication',
  'events.Events_Append',
])
