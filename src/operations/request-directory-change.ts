import {
  type ChangingSubscription,
  type DirectoryChange,
  expiryOf,
  requireChangeable,
  stateAt,
} from '../domain/resource/directory-change.ts'
import { countLosses } from '../domain/resource/directory-change-loss.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { invalid, notFound, type Refusal } from '../domain/refusal.ts'
import { findAssignee } from '../store/access-facts.ts'
import { findOpenPlacement } from '../store/billing-placement.ts'
import {
  endDirectoryChange,
  findDirectoryChange,
  findLastDirectoryChange,
  insertDirectoryChange,
} from '../store/directory-change.ts'
import { findTenant } from '../store/tenant.ts'
import { findUser, findUserByPrincipalName, listUsers } from '../store/user-account.ts'
import { lockSubscription, type Subscription } from '../store/subscription.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource, identitiesOf } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { findDirectoryChangeLosses } from './list-directory-change-losses.ts'
import { subscriptionNotFound } from './read-subscription.ts'
import { scheduleDueWork } from './schedule-due-work.ts'
import { requireSubscriptionPassage } from './subscription-policy.ts'

const type = 'Microsoft.Subscription/changeTenantRequest'
const scopeOf = (subscriptionId: string): string => `/subscriptions/${subscriptionId}/providers/${type}/default`

export interface WantedDirectoryChange {
  readonly subscriptionId: string
  readonly destinationTenantId: string
  /** Object id or e-mail address of an account in the destination tenant. */
  readonly destinationOwner: string
}

/**
 * SUB-18, SUB-21: opens the request for 24 hours. The same again finds the open one; another destination takes its
 * place. The answer counts what will be lost (SUB-19).
 */
export async function requestDirectoryChange(
  context: OperationContext,
  wanted: WantedDirectoryChange,
): Promise<DirectoryChange> {
  const { db, now, caller } = context
  await authorizeResource(context, `${type}/write`, `/subscriptions/${wanted.subscriptionId}`)
  const subscription = await lockSubscription(db, wanted.subscriptionId, now)
  if (!subscription) throw subscriptionNotFound(wanted.subscriptionId)
  const tenant = await findTenant(db, wanted.destinationTenantId)
  const identities = await identitiesOf(context)
  requireChangeable(
    await changingSubscription(context, subscription),
    { tenantId: wanted.destinationTenantId, kind: tenant?.kind },
    identities.map((identity) => identity.tenantId),
  )
  const ownerId = await requireDestinationOwner(context, wanted)
  await requireSubscriptionPassage(
    context,
    { tenantId: subscription.tenantId, principalId: caller.objectId },
    { tenantId: wanted.destinationTenantId, principalId: ownerId },
  )
  const last = await findLastDirectoryChange(db, subscription.id)
  const open = last?.state === 'Initialized' ? last : undefined
  const isSame =
    open?.destination.tenantId === wanted.destinationTenantId &&
    open.destination.ownerId === ownerId &&
    stateAt(open, now) === 'Initialized'
  if (open && isSame) return open
  if (open) await end(context, open, stateAt(open, now) === 'Expired' ? 'Expired' : 'Canceled')
  const change: DirectoryChange = {
    id: context.random.uuid(),
    subscriptionId: subscription.id,
    source: {
      tenantId: subscription.tenantId,
      ownerId: caller.objectId,
      ownerEmail: await emailOf(context),
    },
    destination: { tenantId: wanted.destinationTenantId, ownerId },
    losses: countLosses(await findDirectoryChangeLosses(db, subscription)),
    state: 'Initialized',
    createdAt: now,
    expiresAt: expiryOf(now),
    endedAt: null,
  }
  await insertDirectoryChange(db, change)
  await scheduleDueWork(context, {
    dueAt: change.expiresAt,
    kind: expiryOfDirectoryChange,
    payload: { directoryChangeId: change.id },
  })
  await appendAudit(context, { action: `${type}/write`, scope: scopeOf(subscription.id), after: audited(change) })
  return change
}

export async function changingSubscription(
  { db }: Pick<OperationContext, 'db'>,
  { id, state, offer, tenantId }: Subscription,
): Promise<ChangingSubscription> {
  const payer = await findOpenPlacement(db, id)
  const isPartners = offer === 'partner' || offer === 'sharedServices' || (payer?.customer ?? null) !== null
  return { id, state, tenantId, isPartners }
}

/** A member, an accepted guest or an application of the destination tenant. */
async function requireDestinationOwner(
  { db }: OperationContext,
  { destinationTenantId: tenantId, destinationOwner }: WantedDirectoryChange,
): Promise<string> {
  const id = isGuid(destinationOwner)
    ? destinationOwner.toLowerCase()
    : (
        (await findUserByPrincipalName(db, tenantId, destinationOwner)) ??
        (await listUsers(db, tenantId, { mail: destinationOwner }, { limit: 1 }))[0]
      )?.id
  const assignee = id === undefined ? undefined : await findAssignee(db, tenantId, id)
  if (id !== undefined && assignee && assignee.kind !== 'group' && !assignee.isPending) return id
  throw invalid(
    'DestinationOwnerNotFound',
    `'${destinationOwner}' is not an account of the tenant '${tenantId}' that can own a subscription. Name a member or an accepted guest of it, by object id or e-mail address.`,
    'properties.destinationOwnerId',
  )
}

async function emailOf({ db, caller }: OperationContext): Promise<string | null> {
  const user = await findUser(db, caller.tenantId, caller.objectId)
  return user?.mail ?? user?.userPrincipalName ?? null
}

/** The open request, or the one that ended last without being withdrawn. */
export async function getDirectoryChange(context: OperationContext, subscriptionId: string): Promise<DirectoryChange> {
  await authorizeResource(context, `${type}/read`, `/subscriptions/${subscriptionId}`)
  const last = await findLastDirectoryChange(context.db, subscriptionId)
  if (!last || last.state === 'Canceled') throw directoryChangeNotFound(subscriptionId)
  return { ...last, state: stateAt(last, context.now) }
}

const directoryChangeNotFound = (subscriptionId: string): Refusal =>
  notFound(
    'DirectoryChangeNotFound',
    `Nobody has asked for another directory for the subscription '${subscriptionId}'.`,
  )

export async function listDirectoryChanges(
  context: OperationContext,
  subscriptionId: string,
): Promise<DirectoryChange[]> {
  await authorizeResource(context, `${type}/read`, `/subscriptions/${subscriptionId}`)
  const last = await findLastDirectoryChange(context.db, subscriptionId)
  return last && last.state !== 'Canceled' ? [{ ...last, state: stateAt(last, context.now) }] : []
}

/** Withdraws the open request; where there is none nothing happens. */
export async function cancelDirectoryChange(context: OperationContext, subscriptionId: string): Promise<void> {
  await authorizeResource(context, `${type}/delete`, `/subscriptions/${subscriptionId}`)
  await lockSubscription(context.db, subscriptionId, context.now)
  const last = await findLastDirectoryChange(context.db, subscriptionId)
  if (last?.state !== 'Initialized') return
  await end(context, last, stateAt(last, context.now) === 'Expired' ? 'Expired' : 'Canceled')
}

const expiryOfDirectoryChange = 'subscriptions/changeTenantRequest/expire'

/** Work that falls due: what was accepted or withdrawn in the meantime stays as it is. */
export async function expireDirectoryChange(
  context: OperationContext,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  const change = await findDirectoryChange(context.db, String(payload.directoryChangeId))
  if (change && stateAt(change, context.now) === 'Expired') await end(context, change, 'Expired')
}

async function end(context: OperationContext, change: DirectoryChange, state: 'Canceled' | 'Expired'): Promise<void> {
  if (!(await endDirectoryChange(context.db, change.id, state, context.now))) return
  await appendAudit(context, {
    action: `${type}/delete`,
    scope: scopeOf(change.subscriptionId),
    before: audited(change),
    after: { state },
  })
}

const audited = ({ source, destination, losses, state, expiresAt }: DirectoryChange) => ({
  source,
  destination,
  losses,
  state,
  expiresAt,
})
