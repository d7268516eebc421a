import { conflict, invalid, notFound } from '../domain/refusal.ts'
import { formatSectionScope, type PayingSection } from '../domain/resource/subscription-creation.ts'
import {
  type CreationRequest,
  creationRequestExpiry,
  creationRequestMail,
  creationRequestStateAt,
} from '../domain/resource/subscription-creation-request.ts'
import { checkTags, type Tags } from '../domain/resource/tags.ts'
import {
  allowsOtherTenants,
  endCreationRequest,
  findCreationRequest,
  findCreationRequestByAlias,
  forgetCreationAlias,
  insertCreationRequest,
  listCreationRequests,
} from '../store/subscription-creation-request.ts'
import { findTenant } from '../store/tenant.ts'
import { findUser } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import { isGlobalAdministrator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { queueMail } from './queue-mail.ts'
import { scheduleDueWork } from './schedule-due-work.ts'
import { requireLeavingAllowed } from './subscription-policy.ts'

const action = 'Microsoft.Subscription/aliases/write'
const scopeOf = (alias: string): string => `/providers/Microsoft.Subscription/aliases/${alias}`
const expiry = 'subscriptions/acceptOwnership/expire'

export interface WantedCreationRequest {
  readonly alias: string
  readonly displayName: string
  readonly workload: 'Production' | 'DevTest'
  readonly tags: Tags
  readonly destinationTenantId: string
  readonly destinationOwnerId: string | undefined
}

export const acceptOwnershipUrl = (baseUrl: string, subscriptionId: string): string =>
  `${baseUrl}/providers/Microsoft.Subscription/subscriptions/${subscriptionId}/acceptOwnership?api-version=2021-10-01`

/**
 * SUB-4: keeps the request open for seven days and tells the owner to be. Whether the tenant and the account exist is
 * nothing that the requester learns. Call it when the alias is reserved and the section is authorised.
 */
export async function requestSubscription(
  context: OperationContext,
  wanted: WantedCreationRequest,
  section: PayingSection,
): Promise<CreationRequest> {
  const { db, now, caller } = context
  if (!(await allowsOtherTenants(db, section.billingAccountName)))
    throw invalid(
      'UnsupportedProperty',
      "'properties.additionalProperties.subscriptionTenantId' is not supported: a subscription is created in the tenant of its billing account and can be moved to another one afterwards. The billing account can allow creation in other tenants. Associating a tenant for provisioning does not: that is for licences and does not apply to subscriptions of resources.",
      'properties.additionalProperties.subscriptionTenantId',
    )
  if (wanted.destinationOwnerId === undefined)
    throw invalid(
      'InvalidSubscriptionOwner',
      "Give 'properties.additionalProperties.subscriptionOwnerId', the object id of the account in that tenant that accepts the subscription.",
      'properties.additionalProperties.subscriptionOwnerId',
    )
  const destination = { tenantId: wanted.destinationTenantId, ownerId: wanted.destinationOwnerId }
  // SUB-23: what the other tenant says of entering, and for whom not, it says to the account that accepts.
  await requireLeavingAllowed(context, { tenantId: caller.tenantId, principalId: caller.objectId })
  const displayName = wanted.displayName.trim()
  if (displayName === '' || displayName.length > 64)
    throw invalid(
      'InvalidSubscriptionName',
      'The name of a subscription has 1 to 64 characters.',
      'properties.displayName',
    )
  const request: CreationRequest = {
    subscriptionId: context.random.uuid(),
    source: { tenantId: caller.tenantId, requesterId: caller.objectId },
    alias: wanted.alias,
    billingScope: formatSectionScope(section),
    displayName,
    workload: wanted.workload,
    tags: checkTags(wanted.tags),
    destination,
    state: 'Pending',
    createdAt: now,
    expiresAt: creationRequestExpiry(now),
    endedAt: null,
  }
  await insertCreationRequest(db, request)
  await scheduleDueWork(context, {
    dueAt: request.expiresAt,
    kind: expiry,
    payload: { subscriptionId: request.subscriptionId },
  })
  await tellOwner(context, request)
  await appendAudit(context, { action, scope: scopeOf(request.alias), after: audited(request) })
  return request
}

async function tellOwner(context: OperationContext, request: CreationRequest): Promise<void> {
  const { tenantId, ownerId } = request.destination
  const owner = await findUser(context.db, tenantId, ownerId)
  const tenant = await findTenant(context.db, tenantId)
  if (!owner || !tenant || owner.mail === null || owner.externalUserState === 'PendingAcceptance') return
  await queueMail(context, {
    to: owner.mail,
    ...creationRequestMail(request, {
      requesterName: context.caller.name,
      acceptUrl: acceptOwnershipUrl(context.settings.baseUrl, request.subscriptionId),
      countryCode: tenant.countryCode,
    }),
    kind: 'subscriptionCreationRequest',
    relatedTo: `/subscriptions/${request.subscriptionId}`,
  })
}

/** The same request again finds the first; the name for something else is refused. */
export async function findSameCreationRequest(
  context: OperationContext,
  wanted: {
    readonly name: string
    readonly billingScope: string | undefined
    readonly subscriptionTenantId: string | undefined
    readonly subscriptionOwnerId: string | undefined
  },
): Promise<CreationRequest | undefined> {
  const existing = await findCreationRequestByAlias(context.db, context.caller.tenantId, wanted.name)
  if (!existing) return undefined
  const isSame =
    existing.source.requesterId === context.caller.objectId &&
    existing.billingScope.toLowerCase() === wanted.billingScope?.toLowerCase() &&
    existing.destination.tenantId === wanted.subscriptionTenantId &&
    existing.destination.ownerId === wanted.subscriptionOwnerId
  if (isSame) return asOf(existing, context.now)
  throw conflict(
    'AliasInUse',
    `The alias '${existing.alias}' names a subscription that was created otherwise. Use another alias.`,
    'aliasName',
  )
}

const asOf = (request: CreationRequest, at: Date): CreationRequest => ({
  ...request,
  state: creationRequestStateAt(request, at),
})

/** For the requester and the Global administrators of the requester's tenant, and for nobody else. */
export async function findVisibleCreationRequest(
  context: OperationContext,
  alias: string,
): Promise<CreationRequest | undefined> {
  const request = await findCreationRequestByAlias(context.db, context.caller.tenantId, alias)
  return request && (await isVisible(context, request)) ? asOf(request, context.now) : undefined
}

async function isVisible(context: OperationContext, { source }: CreationRequest): Promise<boolean> {
  const { tenantId, objectId } = context.caller
  if (source.tenantId !== tenantId) return false
  return source.requesterId === objectId || (await isGlobalAdministrator(context, tenantId))
}

export async function listVisibleCreationRequests(context: OperationContext): Promise<CreationRequest[]> {
  const { tenantId, objectId } = context.caller
  const isWide = await isGlobalAdministrator(context, tenantId)
  const requests = await listCreationRequests(context.db, tenantId, isWide ? undefined : objectId)
  return requests.map((request) => asOf(request, context.now))
}

/** Gives the alias free, and withdraws the request if it is open; false when there is none that the caller may see. */
export async function removeCreationRequest(context: OperationContext, alias: string): Promise<boolean> {
  const request = await findVisibleCreationRequest(context, alias)
  if (!request) return false
  await endCreationRequest(
    context.db,
    request.subscriptionId,
    request.state === 'Expired' ? 'Expired' : 'Canceled',
    context.now,
  )
  await forgetCreationAlias(context.db, request.subscriptionId)
  await appendAudit(context, {
    action: 'Microsoft.Subscription/aliases/delete',
    scope: scopeOf(request.alias),
    before: audited(request),
  })
  return true
}

/** How the request stands, for who is to accept it and for those who see its alias. */
export async function readOwnershipStatus(context: OperationContext, subscriptionId: string): Promise<CreationRequest> {
  const request = await findCreationRequest(context.db, subscriptionId)
  const { tenantId, objectId } = context.caller
  const isOwner = request?.destination.tenantId === tenantId && request.destination.ownerId === objectId
  if (request && (isOwner || (await isVisible(context, request)))) return asOf(request, context.now)
  throw creationRequestNotFound(subscriptionId)
}

export const creationRequestNotFound = (subscriptionId: string) =>
  notFound('SubscriptionNotFound', `The subscription '${subscriptionId}' could not be found.`)

/** Work that falls due: what was accepted or withdrawn in the meantime stays as it is. */
export async function expireCreationRequest(
  context: OperationContext,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  const request = await findCreationRequest(context.db, String(payload.subscriptionId))
  if (!request || creationRequestStateAt(request, context.now) !== 'Expired') return
  if (!(await endCreationRequest(context.db, request.subscriptionId, 'Expired', context.now))) return
  await appendAudit(context, {
    action: 'Microsoft.Subscription/aliases/expire',
    scope: scopeOf(request.alias),
    before: audited(request),
    after: { state: 'Expired' },
  })
}

const audited = ({ subscriptionId, source, destination, billingScope, state, expiresAt }: CreationRequest) => ({
  subscriptionId,
  source,
  destination,
  billingScope,
  state,
  expiresAt,
})
