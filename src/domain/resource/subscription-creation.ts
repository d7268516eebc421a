import { conflict, invalid, notFound, type Refusal } from '../refusal.ts'

export interface SectionScope {
  readonly billingAccountName: string
  readonly billingProfileName: string
  readonly invoiceSectionName: string
}

const sectionPattern =
  /^\/*providers\/+Microsoft\.Billing\/+billingAccounts\/+([^/]+)\/+billingProfiles\/+([^/]+)\/+invoiceSections\/+([^/]+)\/*$/i

/** Compared without case; the account's name may come percent-encoded. */
export function parseSectionScope(billingScope: string): SectionScope {
  const match = sectionPattern.exec(billingScope)
  if (!match)
    throw invalid(
      'InvalidBillingScope',
      `The billing scope '${billingScope}' is not the id of an invoice section. Use the form /providers/Microsoft.Billing/billingAccounts/{account}/billingProfiles/{profile}/invoiceSections/{section}.`,
      'properties.billingScope',
    )
  const [account = '', profile = '', section = ''] = match.slice(1).map((part) => decoded(part))
  return { billingAccountName: account, billingProfileName: profile, invoiceSectionName: section }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

export const formatSectionScope = (scope: SectionScope): string =>
  `/providers/Microsoft.Billing/billingAccounts/${scope.billingAccountName}/billingProfiles/${scope.billingProfileName}/invoiceSections/${scope.invoiceSectionName}`

/** A partner's customer as payer; without a profile it pays through the one that the partner set for it. */
export interface CustomerScope {
  readonly billingAccountName: string
  readonly billingProfileName: string | undefined
  readonly customerName: string
}

const customerPattern =
  /^\/*providers\/+Microsoft\.Billing\/+billingAccounts\/+([^/]+)(?:\/+billingProfiles\/+([^/]+))?\/+customers\/+([^/]+)\/*$/i

/** Undefined when the scope is not the id of a customer. */
export function parseCustomerScope(billingScope: string): CustomerScope | undefined {
  const [, account, profile, customer] = customerPattern.exec(billingScope) ?? []
  if (account === undefined || customer === undefined) return undefined
  return {
    billingAccountName: decoded(account),
    billingProfileName: profile === undefined ? undefined : decoded(profile),
    customerName: decoded(customer).toLowerCase(),
  }
}

export const formatCustomerScope = (account: string, customer: string): string =>
  `/providers/Microsoft.Billing/billingAccounts/${account}/customers/${customer}`

export interface PayingProfile {
  readonly billingAccountName: string
  readonly billingProfileName: string
  readonly accountStatus: string
  readonly profileStatus: string
}

export interface PayingSection extends SectionScope, PayingProfile {
  /** SUB-3: where a subscription paid by it is created. */
  readonly tenantId: string
  readonly sectionState: string
}

/** A new subscription needs a payer that is there and may be charged. */
export function requireChargeable(section: PayingSection | undefined, scope: SectionScope): PayingSection {
  if (!section)
    throw notFound(
      'InvoiceSectionNotFound',
      `The invoice section '${scope.invoiceSectionName}' could not be found in billing profile '${scope.billingProfileName}'.`,
      'properties.billingScope',
    )
  requireChargeableProfile(section)
  if (section.sectionState !== 'Active')
    throw refuse(
      section.sectionState === 'Restricted' ? 'InvoiceSectionIsRestricted' : 'InvoiceSectionInactive',
      `invoice section '${section.invoiceSectionName}'`,
      section.sectionState,
    )
  return section
}

const refuse = (code: string, what: string, state: string): Refusal =>
  conflict(
    code,
    `The ${what} is ${state}. A subscription is created under a payer that is Active.`,
    'properties.billingScope',
  )

export function requireChargeableProfile(section: PayingProfile): void {
  if (section.accountStatus !== 'Active')
    throw refuse('BillingAccountInactive', `billing account '${section.billingAccountName}'`, section.accountStatus)
  if (section.profileStatus === 'PastDue')
    throw refuse('BillingProfilePastDue', `billing profile '${section.billingProfileName}'`, section.profileStatus)
  if (section.profileStatus !== 'Active' && section.profileStatus !== 'Warned')
    throw refuse('BillingProfileInactive', `billing profile '${section.billingProfileName}'`, section.profileStatus)
}
