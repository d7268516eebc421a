import { type BillingRole, billingRoleId } from '../../../src/domain/access/billing-roles.ts'
import { type Stage, type Success, version } from '../stage.ts'

type Level = 'account' | 'profile' | 'section'
const roleAt: Record<Level, BillingRole> = { account: 'BAR', profile: 'BPR', section: 'ISR' }
const idOf = (stage: Stage, level: Level): string =>
  ({ account: stage.customer.accountId, profile: stage.customer.profileId, section: stage.customer.sectionId })[level]

const giving = async (stage: Stage, level: Level) => ({
  as: stage.owner,
  path: `${idOf(stage, level)}/createBillingRoleAssignment?${version.billing2024}`,
  body: { principalId: (await stage.user()).objectId, roleDefinitionId: billingRoleId(roleAt[level]) },
})

const taking = async (stage: Stage, level: Level) => {
  // Each scope keeps its last holder (ACC-10).
  const stays = await giving(stage, level)
  await stage.did(stage.owner.post(stays.path, stays.body))
  const leaves = await giving(stage, level)
  const { name } = (await stage.did(stage.owner.post(leaves.path, leaves.body))).body
  return {
    as: stage.owner,
    path: `${idOf(stage, level)}/billingRoleAssignments/${name}?${version.billing2024}`,
  }
}

const asking = (stage: Stage, level: Level) => ({
  as: stage.owner,
  path: `${idOf(stage, level)}/checkAccess?${version.billing2024}`,
  body: { actions: ['Microsoft.Billing/billingAccounts/read'] },
})

const card = (change: Record<string, unknown> = {}) => ({
  properties: {
    family: 'CreditCard',
    cardReference: 'tok_1PqR5aB2eZvKYlo2C0d9',
    paymentMethodType: 'visa',
    lastFourDigits: '4242',
    expiration: '11/2030',
    accountHolderName: 'Mona Lind',
    ...change,
  },
})
const cardPath = (stage: Stage, name: string, profileId = stage.customer.profileId): string =>
  `${profileId}/providers/Tenantry.Billing/paymentMethods/${name}`

export async function addedCard(stage: Stage): Promise<string> {
  const name = stage.guid()
  await stage.did(stage.owner.put(`${cardPath(stage, name)}?${version.ours}`, card()))
  return name
}

const seller = (legalName: string) => ({
  properties: {
    legalName,
    address: { addressLine1: 'Storgatan 1', postalCode: '111 22', city: 'Stockholm', country: 'SE' },
    taxId: 'SE556677889901',
    bankDetails: { iban: 'SE3550000000054910000003', bic: 'ESSESESS' },
    paymentTermsDays: 20,
    taxRates: [],
  },
})

const billed = (stage: Stage): string => `${stage.customer.accountId}/billingSubscriptions/${stage.otherSubscriptionId}`

export const creationPolicy = (stage: Stage): string =>
  `${stage.customer.accountId}/providers/Tenantry.Billing/creationPolicy/default?${version.ours}`
export const allowed = { properties: { creationInOtherTenants: 'Allowed' } }

/** Everything in the graph of money that needs no month to have passed. */
export const moneySuccesses: Readonly<Record<string, Success>> = {
  'Microsoft.Billing.BillingAccounts_Update': (stage) => ({
    as: stage.owner,
    path: `${stage.customer.accountId}?${version.billing}`,
    body: { properties: { notificationEmailAddress: `${stage.label('mail')}@contoso.example` } },
  }),
  'Microsoft.Billing.BillingAccounts_ListInvoiceSectionsByCreateSubscriptionPermission': (stage) => ({
    as: stage.owner,
    path: `${stage.customer.accountId}/listInvoiceSectionsWithCreateSubscriptionPermission?${version.billing}`,
  }),
  'Microsoft.Billing.BillingProfiles_CreateOrUpdate': (stage) => ({
    as: stage.owner,
    path: `${stage.customer.accountId}/billingProfiles/${stage.label('PROFILE')}?${version.billing}`,
    body: { properties: { displayName: 'New' } },
  }),
  'Microsoft.Billing.Policies_Update': (stage) => ({
    as: stage.owner,
    path: `${stage.customer.profileId}/policies/default?${version.billing}`,
    body: { properties: { marketplacePurchases: 'NotAllowed' } },
  }),
  'Microsoft.Billing.InvoiceSections_CreateOrUpdate': (stage) => ({
    as: stage.owner,
    path: `${stage.customer.profileId}/invoiceSections/${stage.label('SECTION')}?${version.billing}`,
    body: { properties: { displayName: 'New' } },
  }),
  'Tenantry.Billing.PaymentMethods_Put': (stage) => ({
    as: stage.owner,
    path: `${cardPath(stage, stage.guid())}?${version.ours}`,
    body: card(),
  }),
  'Tenantry.Billing.PaymentMethods_MakeDefault': async (stage) => ({
    as: stage.owner,
    path: `${cardPath(stage, await addedCard(stage))}/makeDefault?${version.ours}`,
  }),
  'Tenantry.Billing.PaymentMethods_ApproveBankTransfer': async (stage) => {
    const other = await stage.world.customer({ approveBankTransfer: false })
    return {
      as: stage.operator,
      path: `${other.accountId}/providers/Tenantry.Billing/bankTransferApproval?${version.ours}`,
      body: {},
    }
  },
  'Microsoft.Billing.PaymentMethods_DeleteAtBillingProfile': async (stage) => ({
    as: stage.owner,
    path: `${stage.customer.profileId}/paymentMethodLinks/${await addedCard(stage)}?${version.billing2024}`,
  }),
  'Microsoft.Billing.PaymentMethods_DeleteByUser': async (stage) => {
    const name = await addedCard(stage)
    await stage.did(stage.owner.delete(`${stage.customer.profileId}/paymentMethodLinks/${name}?${version.billing2024}`))
    return { as: stage.owner, path: `/providers/Microsoft.Billing/paymentMethods/${name}?${version.billing2024}` }
  },
  'Microsoft.Billing.BillingRoleAssignments_CreateByBillingAccount': (stage) => giving(stage, 'account'),
  'Microsoft.Billing.BillingRoleAssignments_CreateByBillingProfile': (stage) => giving(stage, 'profile'),
  'Microsoft.Billing.BillingRoleAssignments_CreateByInvoiceSection': (stage) => giving(stage, 'section'),
  'Microsoft.Billing.BillingRoleAssignments_DeleteByBillingAccount': (stage) => taking(stage, 'account'),
  'Microsoft.Billing.BillingRoleAssignments_DeleteByBillingProfile': (stage) => taking(stage, 'profile'),
  'Microsoft.Billing.BillingRoleAssignments_DeleteByInvoiceSection': (stage) => taking(stage, 'section'),
  'Microsoft.Billing.BillingPermissions_CheckAccessByBillingAccount': (stage) => asking(stage, 'account'),
  'Microsoft.Billing.BillingPermissions_CheckAccessByBillingProfile': (stage) => asking(stage, 'profile'),
  'Microsoft.Billing.BillingPermissions_CheckAccessByInvoiceSection': (stage) => asking(stage, 'section'),
  'Microsoft.Billing.BillingSubscriptions_Update': (stage) => ({
    as: stage.owner,
    path: `${billed(stage)}?${version.billing}`,
    body: { properties: { costCenter: '4711' } },
  }),
  'Microsoft.Billing.BillingSubscriptions_Move': async (stage) => ({
    as: stage.owner,
    path: `${billed(stage)}/move?${version.billing}`,
    body: { destinationInvoiceSectionId: await stage.section() },
  }),
  'Microsoft.Billing.BillingSubscriptions_ValidateMove': async (stage) => ({
    as: stage.owner,
    path: `${billed(stage)}/validateMoveEligibility?${version.billing}`,
    body: { destinationInvoiceSectionId: await stage.section() },
  }),
  'Microsoft.Billing.BillingProperty_Update': (stage) => ({
    as: stage.owner,
    path: `${stage.subscription}/providers/Microsoft.Billing/billingProperty/default?${version.billing}`,
    body: { properties: { costCenter: '4712' } },
  }),
  'Microsoft.Billing.Address_Validate': (stage) => ({
    as: stage.owner,
    path: `/providers/Microsoft.Billing/validateAddress?${version.billing}`,
    body: { addressLine1: 'Storgatan 1', city: 'Malmö', postalCode: '21142', country: 'SE' },
  }),
  'Tenantry.Billing.SignUps_Create': async (stage) => {
    const { tenant, administrator } = await stage.world.identities.workforce()
    return {
      as: stage.operator,
      path: `/providers/Tenantry.Billing/signUps/${stage.label('sign-up')}?${version.ours}`,
      body: {
        properties: {
          tenantId: tenant.id,
          owner: { objectId: administrator.objectId },
          displayName: 'New',
          currency: 'USD',
          countryCode: 'SE',
          priceList: 'illustration',
        },
      },
    }
  },
  'Tenantry.Billing.CreationPolicy_Put': async (stage) => {
    const other = await stage.world.customer()
    return {
      as: other.owner.client,
      path: `${other.accountId}/providers/Tenantry.Billing/creationPolicy/default?${version.ours}`,
      body: allowed,
    }
  },
  'Tenantry.Billing.Credits_Grant': async (stage) => ({
    as: stage.operator,
    path: `${(await stage.world.customer()).profileId}/providers/Tenantry.Billing/credits/${stage.guid()}?${version.ours}`,
    body: { properties: { amount: '1.00', reason: 'welcome' } },
  }),
  'Tenantry.Billing.Issuer_CreateOrUpdate': (stage) => ({
    as: stage.operator,
    path: `/providers/Tenantry.Billing/issuer?${version.ours}`,
    body: seller('Nordic Cloud Works AB'),
  }),
  'Tenantry.Pricing.PriceListVersions_Publish': (stage) => ({
    as: stage.operator,
    path: `/providers/Tenantry.Pricing/priceLists/${stage.label('list')}/versions/1?${version.ours}`,
    body: {
      properties: {
        currency: 'USD',
        effectiveFrom: '2026-01-01',
        prices: [
          {
            meterId: 'cpu',
            unit: 'hour',
            productName: { en: 'Compute hours' },
            serviceFamily: 'Compute',
            price: { model: 'perUnit', unitPrice: '0.10' },
          },
        ],
      },
    },
  }),
  'Tenantry.Pricing.PriceListAssignments_Put': (stage) => ({
    as: stage.operator,
    path: `/providers/Tenantry.Pricing/priceLists/standard/assignments/${stage.customer.profile}?${version.ours}`,
    body: { properties: { from: '2026-11-01T00:00:00Z' } },
  }),
  'Tenantry.Pricing.ExchangeRates_Put': (stage) => ({
    as: stage.operator,
    path: `/providers/Tenantry.Pricing/exchangeRates/2026-11?${version.ours}`,
    body: { properties: { from: 'USD', to: 'SEK', rate: '10', day: '2026-10-29' } },
  }),
  'Tenantry.Billing.IssuedInvoices_Preview': (stage) => ({
    as: stage.operator,
    path: `${stage.customer.profileId}/providers/Tenantry.Billing/preview?${version.ours}`,
    body: { properties: { period: '2026-10' } },
  }),
}
