import { isDeepStrictEqual } from 'node:util'
import type { Address } from '../domain/billing/address.ts'
import { billingAccountId, billingCodeLength, billingCodeOf, billingProfileId } from '../domain/billing/billing-ids.ts'
import type { InvoiceLanguage } from '../domain/billing/invoice-document.ts'
import { standardPlan } from '../domain/billing/plan.ts'
import { conflict, invalid } from '../domain/refusal.ts'
import { lockBillingAccount } from '../store/billing-account.ts'
import {
  type BillingProfile,
  findBillingProfile,
  insertBillingProfile,
  listBillingProfiles,
  updateBillingProfile,
} from '../store/billing-profile.ts'
import { type InvoiceSection, insertInvoiceSection } from '../store/invoice-section.ts'
import { assignPriceList, listPriceListAssignments } from '../store/price-list.ts'
import { appendAudit } from './audit.ts'
import { authorizeBilling } from './authorize.ts'
import {
  type BillingAccess,
  listVisibleProfiles,
  listVisibleSections,
  requireAccount,
  requireKnownAccount,
  requireProfile,
} from './billing-access.ts'
import { attachUsualMethod } from './change-payment-method.ts'
import type { OperationContext } from './context.ts'
import { warnOfSplit } from './new-profile-warning.ts'

export interface ProfileView {
  readonly access: BillingAccess
  readonly profile: BillingProfile
  readonly sections: readonly InvoiceSection[] | undefined
}

export async function listProfiles(
  context: OperationContext,
  accountName: string,
  expandSections: boolean,
  includeDeleted = false,
): Promise<ProfileView[]> {
  const access = await requireKnownAccount(context, accountName, 'A5')
  const profiles = await listVisibleProfiles(context, access, includeDeleted)
  if (profiles.length === 0) await authorizeBilling(context, 'A5', billingAccountId(access.account.name))
  const sections = expandSections ? await listVisibleSections(context, access, profiles) : undefined
  return profiles.map((profile) => ({
    access,
    profile,
    sections: sections?.filter((section) => section.billingProfileName === profile.name),
  }))
}

export async function getProfile(
  context: OperationContext,
  accountName: string,
  profileName: string,
  expandSections: boolean,
): Promise<ProfileView> {
  const { access, profile } = await requireProfile(context, 'P3', accountName, profileName)
  return {
    access,
    profile,
    sections: expandSections ? await listVisibleSections(context, access, [profile]) : undefined,
  }
}

export interface WantedProfile {
  readonly displayName: string | undefined
  readonly poNumber: string | null | undefined
  readonly billTo: Address | undefined
  readonly invoiceEmailOptIn: boolean | undefined
  readonly invoiceRecipients: readonly string[] | undefined
  readonly tags: Readonly<Record<string, string>> | undefined
  readonly enabledPlans: readonly { readonly skuId: string }[] | undefined
  readonly currency: string | undefined
  readonly language: InvoiceLanguage | undefined
  readonly taxId: string | null | undefined
}

export interface PutProfile extends ProfileView {
  readonly isNew: boolean
  readonly warning: string | undefined
}

/**
 * A new profile comes with its first section and the standard plan (BIL-6). Currency and country are the account's and
 * cannot be changed (BIL-4).
 */
export async function putProfile(
  context: OperationContext,
  accountName: string,
  name: string,
  wanted: WantedProfile,
): Promise<PutProfile> {
  const seen = await findOfAccount(context, accountName, name)
  const { access } = seen
    ? await requireProfile(context, 'P4', accountName, seen.name)
    : { access: await requireAccount(context, 'A6', accountName) }
  // Two first PUTs of one name, and two changes of one profile, take turns.
  await lockBillingAccount(context.db, access.account.name)
  const existing = await findOfAccount(context, accountName, name)
  return existing
    ? changeProfile(context, accountName, existing, wanted)
    : createProfile(context, accountName, requireName(name), wanted)
}

async function findOfAccount(
  context: OperationContext,
  accountName: string,
  name: string,
): Promise<BillingProfile | undefined> {
  const profile = await findBillingProfile(context.db, name)
  return profile?.billingAccountName.toLowerCase() === accountName.toLowerCase() ? profile : undefined
}

async function createProfile(
  context: OperationContext,
  accountName: string,
  name: string,
  wanted: WantedProfile,
): Promise<PutProfile> {
  const access = await requireAccount(context, 'A6', accountName)
  const { account } = access
  const { db, now } = context
  if (account.agreementType === 'MicrosoftOnlineServicesProgram')
    throw conflict(
      'AgreementHasOneProfile',
      'A stand-alone pay-as-you-go account has one profile. Sign up for a customer agreement to have several.',
    )
  if (account.agreementType === 'MicrosoftPartnerAgreement')
    throw conflict(
      'AgreementHasProfileForEachCurrency',
      'A partner account has one profile for each currency. Ask the operator to add a currency to the partner.',
    )
  if (await findBillingProfile(db, name))
    throw conflict('BillingProfileNameTaken', `The name '${name}' is taken. Choose another name for the profile.`)
  requireTermsOf(account, wanted)
  const warning = await warnOfSplit(context, account.name)
  const others = (await listBillingProfiles(db, account.name)).sort(
    (left, right) => left.createdAt.getTime() - right.createdAt.getTime(),
  )
  const by = { createdAt: now, createdBy: context.caller.objectId }
  await insertBillingProfile(db, {
    name,
    billingAccountName: account.name,
    displayName: wanted.displayName ?? name,
    currency: account.currency,
    countryCode: account.countryCode,
    language: wanted.language ?? others[0]?.language ?? 'en',
    billTo: wanted.billTo ? { ...wanted.billTo, country: account.countryCode } : account.soldTo,
    poNumber: wanted.poNumber ?? null,
    invoiceEmailOptIn: wanted.invoiceEmailOptIn ?? false,
    invoiceRecipients: wanted.invoiceRecipients ?? [],
    // What the seller decided for this buyer holds for all of its profiles (BIL-24).
    taxRate: others[0]?.taxRate ?? null,
    reverseCharge: others[0]?.reverseCharge ?? false,
    taxId: wanted.taxId === undefined ? (others[0]?.taxId ?? null) : wanted.taxId,
    systemId: name,
    tags: wanted.tags ?? {},
    enabledPlans: [standardPlan],
    ...by,
  })
  const section = billingCodeOf(context.random.bytes(billingCodeLength))
  await insertInvoiceSection(db, {
    name: section,
    billingProfileName: name,
    displayName: 'Default',
    systemId: section,
    labels: {},
    tags: {},
    isHidden: false,
    ...by,
  })
  const assigned = others[0] ? await listPriceListAssignments(db, [others[0].name]) : []
  await attachUsualMethod(context, account.name, name, others[0]?.name)
  for (const { priceListName, from } of assigned) await assignPriceList(db, { profile: name, priceListName, from })
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingProfiles/write',
    scope: billingProfileId(account.name, name),
    after: { displayName: wanted.displayName ?? name, section },
  })
  const profile = await requireStored(context, name)
  return {
    access,
    profile,
    sections: await listVisibleSections(context, access, [profile]),
    isNew: true,
    warning: warning?.message,
  }
}

async function changeProfile(
  context: OperationContext,
  accountName: string,
  existing: BillingProfile,
  wanted: WantedProfile,
): Promise<PutProfile> {
  await authorizeBilling(context, 'P4', billingProfileId(accountName, existing.name))
  if (existing.status === 'Deleted')
    throw conflict(
      'BillingProfileInactive',
      `The billing profile '${existing.name}' was deleted and does not change any more. Create another one.`,
    )
  requireTermsOf(existing, wanted)
  const changed: BillingProfile = {
    ...existing,
    displayName: wanted.displayName ?? existing.displayName,
    billTo: wanted.billTo ? { ...wanted.billTo, country: existing.countryCode } : existing.billTo,
    poNumber: wanted.poNumber === undefined ? existing.poNumber : wanted.poNumber,
    invoiceEmailOptIn: wanted.invoiceEmailOptIn ?? existing.invoiceEmailOptIn,
    invoiceRecipients: wanted.invoiceRecipients ?? existing.invoiceRecipients,
    tags: wanted.tags ?? existing.tags,
    language: wanted.language ?? existing.language,
    taxId: wanted.taxId === undefined ? existing.taxId : wanted.taxId,
  }
  if (!isDeepStrictEqual(changed, existing)) {
    await updateBillingProfile(context.db, changed)
    await appendAudit(context, {
      action: 'Microsoft.Billing/billingAccounts/billingProfiles/write',
      scope: billingProfileId(existing.billingAccountName, existing.name),
      before: visible(existing),
      after: visible(changed),
    })
  }
  const view = await getProfile(context, accountName, existing.name, true)
  return { ...view, isNew: false, warning: undefined }
}

export interface PurchasePolicies {
  readonly marketplacePurchases: string
  readonly reservationPurchases: string
  readonly viewCharges: string
}

const openPolicies: PurchasePolicies = {
  marketplacePurchases: 'AllAllowed',
  reservationPurchases: 'Allowed',
  viewCharges: 'Allowed',
}

export async function getPurchasePolicies(
  context: OperationContext,
  accountName: string,
  profileName: string,
): Promise<{ profile: BillingProfile; policies: PurchasePolicies }> {
  const { profile } = await requireProfile(context, 'P5', accountName, profileName)
  return { profile, policies: { ...openPolicies, ...profile.purchasePolicies } }
}

export async function setPurchasePolicies(
  context: OperationContext,
  accountName: string,
  profileName: string,
  wanted: Partial<PurchasePolicies>,
): Promise<{ profile: BillingProfile; policies: PurchasePolicies }> {
  const { profile } = await requireProfile(context, 'P6', accountName, profileName)
  const policies = { ...openPolicies, ...profile.purchasePolicies, ...wanted }
  if (isDeepStrictEqual(policies, profile.purchasePolicies)) return { profile, policies }
  await updateBillingProfile(context.db, { ...profile, purchasePolicies: { ...policies } })
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingProfiles/policies/write',
    scope: `${billingProfileId(profile.billingAccountName, profile.name)}/policies/default`,
    before: profile.purchasePolicies,
    after: policies,
  })
  return { profile, policies }
}

function requireName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return name.toUpperCase()
  throw invalid(
    'InvalidBillingProfileName',
    `'${name}' is no name of a billing profile. Use up to 64 letters, digits, hyphens and underscores, such as ABCD-EFGH-JKL-MNP.`,
    'billingProfileName',
  )
}

/** BIL-4: they come from the account and stay. */
function requireTermsOf(terms: { currency: string; countryCode: string }, wanted: WantedProfile): void {
  const { currency, countryCode } = terms
  if (wanted.currency !== undefined && wanted.currency.toUpperCase() !== currency)
    throw invalid(
      'CurrencyCannotBeChanged',
      `The currency comes from the billing account and is ${currency}. Leave it out.`,
      'properties.currency',
    )
  const skuIds = wanted.enabledPlans?.map(({ skuId }) => skuId)
  if (skuIds && (skuIds.length === 0 || skuIds.some((skuId) => skuId !== standardPlan.skuId)))
    throw invalid(
      'PlanNotOffered',
      `Usage is sold by the plan '${standardPlan.skuId}' (${standardPlan.skuDescription}), which every profile has.`,
      'properties.enabledAzurePlans',
    )
  const country = wanted.billTo?.country
  if (country !== undefined && country.toUpperCase() !== countryCode)
    throw invalid(
      'CountryCannotBeChanged',
      `The country comes from the billing account and is ${countryCode}. Give an address in that country.`,
      'properties.billTo.country',
    )
}

async function requireStored(context: OperationContext, name: string): Promise<BillingProfile> {
  const profile = await findBillingProfile(context.db, name)
  if (!profile) throw new Error(`the billing profile ${name} was not stored`)
  return profile
}

const visible = (profile: BillingProfile) => ({
  displayName: profile.displayName,
  billTo: profile.billTo,
  poNumber: profile.poNumber,
  invoiceEmailOptIn: profile.invoiceEmailOptIn,
  invoiceRecipients: profile.invoiceRecipients,
  tags: profile.tags,
})
