import type { BillingScope } from './billing-ids.ts'

/** Azure's codes for why a subscription, or a product, cannot be billed elsewhere. */
export type MoveRefusal =
  | 'InvalidDestination'
  | 'CrossBillingAccountNotAllowed'
  | 'InsufficientPermissionOnSource'
  | 'InsufficientPermissionOnDestination'
  | 'SubscriptionTypeNotSupported'
  | 'SubscriptionNotActive'
  | 'SourceBillingProfilePastDue'
  | 'DestinationBillingProfileNotFound'
  | 'DestinationBillingProfilePastDue'
  | 'DestinationBillingProfileInactive'
  | 'DestinationInvoiceSectionNotFound'
  | 'InvoiceSectionIsRestricted'
  | 'DestinationInvoiceSectionInactive'

export interface BilledSubscription {
  readonly account: string
  readonly profile: string
  /** Null where a partner pays for a customer. */
  readonly section: string | null
  readonly state: string
  readonly profileStatus: string
}

export interface MoveFacts {
  /** Whether roles allow the task at the end that is left and at the end that is reached (BIL-9). */
  readonly mayLeave: boolean
  readonly mayArrive: boolean
  readonly profile: { readonly name: string; readonly billingAccountName: string; readonly status: string } | undefined
  readonly section:
    | {
        readonly name: string
        readonly billingProfileName: string
        readonly state: string
        readonly isHidden: boolean
      }
    | undefined
}

export type MoveDecision =
  | { readonly kind: 'moved' | 'unchanged'; readonly profile: string; readonly section: string }
  | { readonly kind: 'refused'; readonly refusal: MoveRefusal; readonly message: string }

/** Another section of the same profile is a smaller change than another profile, and more roles may make it (BIL-9). */
export function moveTask(source: BilledSubscription, destination: BillingScope | undefined): 'U3' | 'U4' {
  const profile = destination?.profile?.toUpperCase()
  return profile === undefined || profile === source.profile ? 'U3' : 'U4'
}

/** Whether another section of the same account may pay for the subscription, or the product, from now on. */
export function decideSubscriptionMove(
  source: BilledSubscription,
  destination: BillingScope | undefined,
  facts: MoveFacts,
  what: 'subscription' | 'product' = 'subscription',
): MoveDecision {
  if (destination?.profile === undefined || destination.section === undefined)
    return refused('InvalidDestination', 'The destination is not the id of an invoice section. Give the whole id.')
  if (destination.account.toLowerCase() !== source.account.toLowerCase())
    return refused(
      'CrossBillingAccountNotAllowed',
      what === 'subscription'
        ? 'The destination is in another billing account. Ask for a transfer of billing ownership instead.'
        : 'The destination is in another billing account, and a product stays in the one it was bought in.',
    )
  const needed =
    moveTask(source, destination) === 'U3'
      ? 'the owner or contributor role of the section, of its profile or of the account'
      : 'the owner or contributor role of the profile or of the account'
  if (!facts.mayLeave) return refused('InsufficientPermissionOnSource', `To move the ${what} away you need ${needed}.`)
  if (!facts.mayArrive)
    return refused('InsufficientPermissionOnDestination', `To move the ${what} there you need ${needed}.`)
  const { profile, section } = facts
  if (source.section === null)
    return refused(
      'SubscriptionTypeNotSupported',
      'A partner pays for this subscription, so it is in no invoice section.',
    )
  if (profile?.billingAccountName !== source.account)
    return refused('DestinationBillingProfileNotFound', `There is no billing profile '${destination.profile}'.`)
  if (section?.billingProfileName !== profile.name || section.isHidden)
    return refused('DestinationInvoiceSectionNotFound', `There is no invoice section '${destination.section}'.`)
  const place = { profile: profile.name, section: section.name }
  if (section.name === source.section) return { kind: 'unchanged', ...place }
  return refusalByState(source, profile, section) ?? { kind: 'moved', ...place }
}

function refusalByState(
  source: BilledSubscription,
  profile: NonNullable<MoveFacts['profile']>,
  section: NonNullable<MoveFacts['section']>,
): MoveDecision | undefined {
  if (source.state !== 'Active' && source.state !== 'Warned')
    return refused('SubscriptionNotActive', `The subscription is ${source.state}. Only an active one can be moved.`)
  if (source.profileStatus === 'PastDue' && source.profile !== profile.name)
    return refused('SourceBillingProfilePastDue', 'The billing profile has unpaid invoices. Pay them first.')
  if (profile.status === 'PastDue')
    return refused('DestinationBillingProfilePastDue', `The billing profile '${profile.name}' has unpaid invoices.`)
  if (profile.status !== 'Active' && profile.status !== 'Warned')
    return refused('DestinationBillingProfileInactive', `The billing profile '${profile.name}' is ${profile.status}.`)
  if (section.state === 'Restricted')
    return refused('InvoiceSectionIsRestricted', `The invoice section '${section.name}' is restricted.`)
  if (section.state !== 'Active')
    return refused('DestinationInvoiceSectionInactive', `The invoice section '${section.name}' is ${section.state}.`)
  return undefined
}

const refused = (refusal: MoveRefusal, message: string): MoveDecision => ({ kind: 'refused', refusal, message })
