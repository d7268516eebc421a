import { conflict, forbidden, invalid, type Refusal } from '../refusal.ts'
import type { SubscriptionState } from './subscription-state.ts'

/** The first two are the published words; Azure publishes none for a request that came to nothing. */
export type DirectoryChangeState = 'Initialized' | 'Completed' | 'Canceled' | 'Expired'

/** SUB-18: an Owner's request that a subscription trust another tenant, and what became of it. */
export interface DirectoryChange {
  readonly id: string
  readonly subscriptionId: string
  readonly source: { readonly tenantId: string; readonly ownerId: string; readonly ownerEmail: string | null }
  readonly destination: { readonly tenantId: string; readonly ownerId: string }
  /** How many of each kind the requester was told are lost (SUB-19). */
  readonly losses: Readonly<Record<string, number>>
  readonly state: DirectoryChangeState
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly endedAt: Date | null
}

const hourMs = 3_600_000
const openForHours = 24

export const expiryOf = (createdAt: Date): Date => new Date(createdAt.getTime() + openForHours * hourMs)

/** As it stands at an instant, whether or not the work that is due at its expiry has run. */
export const stateAt = ({ state, expiresAt }: DirectoryChange, at: Date): DirectoryChangeState =>
  state === 'Initialized' && at >= expiresAt ? 'Expired' : state

export interface ChangingSubscription {
  readonly id: string
  readonly state: SubscriptionState
  readonly tenantId: string
  /** SUB-21: sold by a partner, or paid for through a partner's customer. */
  readonly isPartners: boolean
}

export interface DestinationFacts {
  readonly tenantId: string
  /** Undefined where there is no such tenant. */
  readonly kind: 'workforce' | 'identity' | undefined
}

/** SUB-18, SUB-21: whether the subscription may be asked to change, and by somebody who is at home in both tenants. */
export function requireChangeable(
  subscription: ChangingSubscription,
  destination: DestinationFacts,
  tenantsOfCaller: readonly string[],
): void {
  requireFree(subscription)
  if (destination.tenantId === subscription.tenantId)
    throw invalid(
      'SubscriptionAlreadyInDirectory',
      `The subscription '${subscription.id}' trusts the tenant '${destination.tenantId}' already.`,
      'properties.destinationTenantId',
    )
  // An unknown tenant is answered like a strange one, so that the answer tells nothing about it.
  const missing = [subscription.tenantId, destination.tenantId].find((tenant) => !tenantsOfCaller.includes(tenant))
  if (missing !== undefined || destination.kind === undefined)
    throw callerNotInTenant(missing ?? destination.tenantId, missing !== subscription.tenantId)
  if (destination.kind === 'identity')
    throw invalid(
      'DestinationTenantNotSupported',
      `The tenant '${destination.tenantId}' is an identity tenant, which holds no subscriptions. Name a workforce tenant.`,
      'properties.destinationTenantId',
    )
}

const callerNotInTenant = (tenantId: string, isTarget: boolean): Refusal =>
  forbidden(
    isTarget ? 'CallerNotInTargetTenant' : 'CallerNotInSourceTenant',
    `You have no account in the tenant '${tenantId}'. Whoever changes the directory of a subscription is a member or an accepted guest of both tenants: ask an administrator of that tenant for an invitation, and accept it.`,
    { target: 'properties.destinationTenantId' },
  )

/** What must hold when it is asked for and still when it is accepted. */
function requireFree({ id, state, isPartners }: ChangingSubscription): void {
  if (isPartners)
    throw conflict(
      'DirectoryChangeNotSupportedForPartnerSubscription',
      `The subscription '${id}' is sold by a partner and stays in the tenant of the partner's customer. Have the partner order another one for the customer whose tenant is meant.`,
    )
  if (state !== 'Active' && state !== 'Warned' && state !== 'PastDue')
    throw conflict(
      'SubscriptionNotActive',
      `The subscription '${id}' is ${state}. Enable it before it changes its directory.`,
    )
}

export interface AcceptanceFacts {
  readonly change: DirectoryChange
  readonly subscription: ChangingSubscription
  /** Whether who asked is still Owner and still has an account in both tenants. */
  readonly isRequesterEntitled: boolean
  /** Groups that a move or a deletion holds. */
  readonly heldGroups: readonly string[]
}

/** SUB-18, SUB-21 once more, at the instant of the change: a revocation between the two requests holds. */
export function requireAcceptable(facts: AcceptanceFacts, at: Date): void {
  const { change, subscription } = facts
  const state = stateAt(change, at)
  if (state !== 'Initialized')
    throw conflict(
      state === 'Expired' ? 'DirectoryChangeExpired' : 'DirectoryChangeNotPending',
      state === 'Expired'
        ? `The request expired at ${change.expiresAt.toISOString()}, ${openForHours} hours after it was made. Ask the owner of the subscription for a new one.`
        : `The request is ${state} and cannot be accepted. Ask the owner of the subscription for a new one.`,
    )
  requireFree(subscription)
  if (!facts.isRequesterEntitled || subscription.tenantId !== change.source.tenantId)
    throw conflict(
      'DirectoryChangeRequesterNotEntitled',
      'Who asked for the change is no longer Owner of the subscription with an account in both tenants. Ask a present owner for a new request.',
    )
  if (facts.heldGroups.length > 0)
    throw conflict(
      'ResourceGroupLocked',
      `A move or a deletion holds the resource groups ${facts.heldGroups.map((name) => `'${name}'`).join(', ')}. Accept when it has ended.`,
    )
}
