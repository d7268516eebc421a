import type { TenantKind } from '../directory/tenant.ts'
import { conflict, invalid, type Refusal } from '../refusal.ts'

const dayMs = 86_400_000
/** DEC-16: so long a request for a relationship can be accepted. */
const requestDays = 90

export const relationshipRequestExpiry = (now: Date): Date => new Date(now.getTime() + requestDays * dayMs)

interface RequestFacts {
  readonly id: string
  readonly expiresAt: Date
  readonly acceptedAt: Date | null
  readonly customerTenantId: string | null
}

export type RequestState = 'pending' | 'accepted' | 'expired'

export function requestStateAt({ acceptedAt, expiresAt }: RequestFacts, now: Date): RequestState {
  if (acceptedAt !== null) return 'accepted'
  return now >= expiresAt ? 'expired' : 'pending'
}

interface AcceptingTenant {
  readonly id: string
  readonly kind: TenantKind
}

/** PAR-5, PAR-6: the link is of one customer; whoever accepted with it may say so again, and nobody else. */
export function decideAcceptance(
  request: RequestFacts,
  tenant: AcceptingTenant,
  partnerTenantId: string,
  now: Date,
): 'accept' | 'repeated' {
  const state = requestStateAt(request, now)
  if (state === 'accepted') {
    if (request.customerTenantId === tenant.id) return 'repeated'
    throw conflict(
      'RelationshipRequestUsed',
      'Another customer has accepted with this link, which is good for one. Ask the partner for one of your own.',
    )
  }
  if (state === 'expired')
    throw conflict(
      'RelationshipRequestExpired',
      `The request expired at ${request.expiresAt.toISOString()}. Ask the partner for a new one.`,
    )
  if (tenant.kind === 'identity')
    throw invalid('TenantKindNotSupported', 'A tenant of consumers buys nothing, so it has no partner.')
  if (tenant.id === partnerTenantId)
    throw invalid('OwnTenant', 'The request is of this tenant itself. A partner is no customer of its own.')
  return 'accept'
}

/** PAR-14: what is still sold has to be suspended, cancelled or transferred first. */
export function activeSubscriptionsLeft(active: readonly { readonly subscriptionId: string }[]): Refusal {
  const ids = active.map(({ subscriptionId }) => `'${subscriptionId}'`).join(', ')
  return conflict(
    'ActiveSubscriptions',
    `The relationship cannot be removed while subscriptions of the customer are active: ${ids}. Suspend, cancel or transfer them first.`,
  )
}
