import { type BilledSubscription } from './subscription-move.ts'

/** Azure's vocabulary of what keeps a product from being transferred. */
export type TransferRefusal =
  | 'NotIntendedRecipient'
  | 'ProductTypeNotSupported'
  | 'ProductNotFound'
  | 'InvalidSource'
  | 'InsufficientPermissionOnSource'
  | 'SubscriptionTypeNotSupported'
  | 'SubscriptionNotActive'
  | 'SourceBillingProfilePastDue'
  | 'BillingAccountInactive'
  | 'InvalidDestination'
  | 'DestinationBillingProfilePastDue'
  | 'DestinationBillingProfileInactive'
  | 'DestinationInvoiceSectionInactive'
  | 'InvoiceSectionIsRestricted'
  | 'CustomerRelationshipMissing'
  | 'CustomerAgreementMissing'

export interface TransferResult {
  readonly level: 'Error' | 'Warning'
  readonly code: string
  readonly message: string
}

export interface TransferItemReview {
  readonly productId: string
  readonly status: 'Ready' | 'Warning' | 'Failed'
  readonly results: readonly TransferResult[]
}

export interface TransferDestination {
  readonly accountName: string
  readonly accountStatus: string
  readonly agreementType: string
  readonly profileStatus: string
  readonly profileName: string
  readonly currency: string
  readonly priceListName: string | null
  readonly sectionState: string
  readonly hasPaymentMethod: boolean
  /** OWN-14: whom a partner asks for; null where a section would pay. */
  readonly customer?: {
    readonly name: string
    readonly isRelated: boolean
    readonly hasAgreement: boolean
  } | null
}

export interface TransferItem {
  readonly productType: string
  readonly productId: string
  /** Undefined for what does not exist, and for what the recipient may not know of. */
  readonly subscription:
    | (BilledSubscription & {
        readonly offer: string
        readonly currency: string
        readonly priceListName: string | null
        readonly agreementType: string
        /** Whom a partner pays for it; null where a section pays. */
        readonly customer?: string | null
        /** Whether a role of the recipient's at the source allows handing it over (OWN-1). */
        readonly mayHandOver: boolean
      })
    | undefined
}

/** OWN-3: why nothing at all can be billed to the destination. */
export function reviewDestination(destination: TransferDestination): TransferResult | undefined {
  const { accountStatus, agreementType, profileName, profileStatus, sectionState, hasPaymentMethod } = destination
  if (accountStatus !== 'Active')
    return error('BillingAccountInactive', `The billing account that would pay is ${accountStatus}.`)
  if (destination.customer) {
    const refusal = reviewCustomer(destination.customer)
    if (refusal) return refusal
  } else if (agreementType !== 'MicrosoftCustomerAgreement' && agreementType !== 'EnterpriseAgreement')
    return error(
      'InvalidDestination',
      'The destination is not a section of a paid account with a customer or enterprise agreement.',
    )
  if (profileStatus === 'PastDue')
    return error(
      'DestinationBillingProfilePastDue',
      `The billing profile '${profileName}' that would pay has unpaid invoices. Whoever pays for it has to settle them first.`,
    )
  if (profileStatus !== 'Active' && profileStatus !== 'Warned')
    return error(
      'DestinationBillingProfileInactive',
      `The billing profile '${profileName}' that would pay is ${profileStatus}. Ask for a request from an active one.`,
    )
  if (!hasPaymentMethod)
    return error(
      'DestinationBillingProfileInactive',
      `The billing profile '${profileName}' that would pay has no valid payment method. It has to be added there first.`,
    )
  if (sectionState === 'Restricted')
    return error('InvoiceSectionIsRestricted', 'The invoice section that would pay is restricted.')
  if (sectionState !== 'Active')
    return error('DestinationInvoiceSectionInactive', `The invoice section that would pay is ${sectionState}.`)
  return undefined
}

/** OWN-14: the partner who asks already has a relationship with the customer, and the customer its agreement. */
function reviewCustomer({ isRelated, hasAgreement }: NonNullable<TransferDestination['customer']>) {
  if (!isRelated)
    return error(
      'CustomerRelationshipMissing',
      'The partner that would pay has no relationship with the customer. A Global administrator of the customer has to accept one first.',
    )
  if (!hasAgreement)
    return error(
      'CustomerAgreementMissing',
      "The customer's acceptance of the agreement with the partner that would pay is not recorded. That partner has to record it first.",
    )
  return undefined
}

/** OWN-4, OWN-5: whether one product can go, what changes for it, or why it has to be deselected. */
export function reviewTransferItem(item: TransferItem, destination: TransferDestination): TransferItemReview {
  const failure = failureOf(item) ?? reviewDestination(destination) ?? failureBetween(item, destination)
  if (failure) return { productId: item.productId, status: 'Failed', results: [failure] }
  const warnings = warningsOf(item, destination)
  return { productId: item.productId, status: warnings.length > 0 ? 'Warning' : 'Ready', results: warnings }
}

/** Somebody else's request looks like one that does not exist, for each product alike. */
export const notIntendedRecipient = (productId: string): TransferItemReview => ({
  productId,
  status: 'Failed',
  results: [
    error(
      'NotIntendedRecipient',
      'No request of this name is addressed to you. Sign in as the person that it was sent to, in the tenant in which that person is owner or contributor of the account that pays.',
    ),
  ],
})

function failureOf({ productType, productId, subscription }: TransferItem): TransferResult | undefined {
  if (productType.toLowerCase() !== 'azuresubscription')
    return error(
      'ProductTypeNotSupported',
      `Only products of the type AzureSubscription can be transferred, not '${productType}'.`,
    )
  if (!subscription)
    return error('ProductNotFound', `No account in which you have a role pays for a subscription '${productId}'.`)
  if (!subscription.mayHandOver)
    return error(
      'InsufficientPermissionOnSource',
      'To hand the subscription over you need the owner or contributor role of the section, the profile or the account that pays for it.',
    )
  return undefined
}

function failureBetween({ subscription }: TransferItem, destination: TransferDestination): TransferResult | undefined {
  if (!subscription) return undefined
  const { account, section, offer, state, profileStatus } = subscription
  if (destination.customer) {
    if (section !== null || offer !== 'partner' || subscription.customer !== destination.customer.name)
      return error(
        'SubscriptionTypeNotSupported',
        'Between partners only what one of them sells to the customer that is asked for can be transferred.',
      )
  } else if (section === null || offer !== 'direct')
    return error(
      'SubscriptionTypeNotSupported',
      offer === 'trial'
        ? 'A trial is paid for by nobody. Convert it first.'
        : "A partner's subscription is transferred between partners only.",
    )
  if (account === destination.accountName)
    return error(
      'InvalidSource',
      'The account that asks pays for the subscription already. Move it to the other section instead.',
    )
  if (state !== 'Active')
    return error('SubscriptionNotActive', `The subscription is ${state}. Make it active first, or deselect it.`)
  if (profileStatus === 'PastDue')
    return error('SourceBillingProfilePastDue', 'The billing profile that pays has unpaid invoices. Pay them first.')
  return undefined
}

/** What the new payer's contract changes; neither keeps the subscription from going. */
function warningsOf({ subscription }: TransferItem, destination: TransferDestination): TransferResult[] {
  if (!subscription) return []
  const warnings: TransferResult[] = []
  if (subscription.currency !== destination.currency)
    warnings.push(
      warning(
        'CurrencyChanges',
        `It is billed in ${subscription.currency} today, and in ${destination.currency} from the transfer on.`,
      ),
    )
  if (subscription.priceListName !== destination.priceListName)
    warnings.push(
      warning(
        'PriceListChanges',
        'Its usage is priced by the new payer\u2019s price list from the transfer on, also usage of before that is reported later.',
      ),
    )
  return warnings
}

const error = (code: TransferRefusal, message: string): TransferResult => ({ level: 'Error', code, message })
const warning = (code: string, message: string): TransferResult => ({ level: 'Warning', code, message })
