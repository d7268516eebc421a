import { conflict } from '../refusal.ts'
import type { Tags } from './tags.ts'

export type CreationRequestState = 'Pending' | 'Completed' | 'Expired' | 'Canceled'

/** SUB-4: a subscription for another tenant, which comes to be when the owner named there accepts it. */
export interface CreationRequest {
  /** The id that the subscription will have. */
  readonly subscriptionId: string
  readonly source: { readonly tenantId: string; readonly requesterId: string }
  readonly alias: string
  readonly billingScope: string
  readonly displayName: string
  readonly workload: 'Production' | 'DevTest'
  readonly tags: Tags
  readonly destination: { readonly tenantId: string; readonly ownerId: string }
  readonly state: CreationRequestState
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly endedAt: Date | null
}

const dayMs = 86_400_000
const openForDays = 7

export const creationRequestExpiry = (createdAt: Date): Date => new Date(createdAt.getTime() + openForDays * dayMs)

/** As it stands at an instant, whether or not the work that is due at its expiry has run. */
export const creationRequestStateAt = ({ state, expiresAt }: CreationRequest, at: Date): CreationRequestState =>
  state === 'Pending' && at >= expiresAt ? 'Expired' : state

/** Only once, only in time. */
export function requirePending(request: CreationRequest, at: Date): void {
  const state = creationRequestStateAt(request, at)
  if (state === 'Pending') return
  throw conflict(
    state === 'Expired' ? 'CreationRequestExpired' : 'CreationRequestNotPending',
    state === 'Expired'
      ? `The request expired at ${request.expiresAt.toISOString()}, ${openForDays} days after it was made. Ask for a new one.`
      : `The request is ${state} and cannot be accepted.`,
  )
}

/** What the owner to be is told, in the language of the tenant's country. */
export function creationRequestMail(
  request: CreationRequest,
  facts: { readonly requesterName: string; readonly acceptUrl: string; readonly countryCode: string },
): { subject: string; text: string } {
  const until = request.expiresAt.toISOString()
  if (facts.countryCode === 'SE')
    return {
      subject: `Prenumerationen ${request.displayName} väntar på att du tar emot den`,
      text: `${facts.requesterName} har skapat prenumerationen "${request.displayName}" åt dig i klientorganisationen ${request.destination.tenantId}.\n\nTa emot den senast ${until} (POST med en token för den klientorganisationen):\n${facts.acceptUrl}\n\nDu blir dess ägare. Den som skapade den betalar.\n`,
    }
  return {
    subject: `The subscription ${request.displayName} waits for you to accept it`,
    text: `${facts.requesterName} created the subscription "${request.displayName}" for you in the tenant ${request.destination.tenantId}.\n\nAccept it until ${until} (POST with a token of that tenant):\n${facts.acceptUrl}\n\nYou become its Owner. Who created it pays.\n`,
  }
}
