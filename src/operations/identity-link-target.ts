import { formatResourceId, type ResourceId } from '../domain/resource/resource-id.ts'
import { conflict, notFound, Refusal } from '../domain/refusal.ts'
import { identityLinkTypes, type IdentityLinkKind } from '../domain/metering/identity-link.ts'
import { findIdentityLinkById, type IdentityLink } from '../store/identity-link.ts'
import { findResource, lockResource, type Resource } from '../store/resource.ts'
import { findSubscription } from '../store/subscription.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { requireResourceGroup, requireWritableResourceGroup, useNamespace } from './require-resource-group.ts'

export type LinkAction = 'read' | 'write' | 'delete'

/** A link with its resource. */
export interface LinkedResource {
  readonly resource: Resource
  readonly link: IdentityLink
}

export const actionOf = (kind: IdentityLinkKind, action: LinkAction): string =>
  `Microsoft.AzureActiveDirectory/${kind === 'identityTenant' ? 'b2cDirectories' : 'guestUsages'}/${action}`

export function linkId(
  kind: IdentityLinkKind,
  at: { readonly subscriptionId: string; readonly resourceGroupName: string; readonly name: string },
): ResourceId {
  return { ...at, subscriptionId: at.subscriptionId.toLowerCase(), type: identityLinkTypes[kind] }
}

/**
 * Refuses who may not write the link (DEC-13), before anything is said about what is there. Why the subscription takes
 * no writes at present is returned: for a new link it means something else than for an existing one.
 */
export async function authorizeLinkWrite(
  context: OperationContext,
  kind: IdentityLinkKind,
  id: ResourceId,
): Promise<Refusal | undefined> {
  try {
    await authorizeResource(context, actionOf(kind, 'write'), formatResourceId(id))
    return undefined
  } catch (error) {
    if (error instanceof Refusal && stateCodes.includes(error.code)) return error
    throw error
  }
}

const stateCodes = ['ReadOnlyDisabledSubscription', 'SubscriptionSuspended']

/**
 * A new link needs a subscription that is Active, nothing less (SUB-6). The group is kept from being moved or deleted
 * meanwhile. The caller may write the link.
 */
export async function requireLinkTarget(
  context: OperationContext,
  id: ResourceId,
  writesRefused: Refusal | undefined,
): Promise<{ readonly serviceTenantId: string }> {
  if (writesRefused) throw subscriptionNotActive(id.subscriptionId, writesRefused)
  const subscription = await findSubscription(context.db, id.subscriptionId, context.now)
  if (subscription?.state !== 'Active') throw subscriptionNotActive(id.subscriptionId, subscription?.state)
  await requireWritableResourceGroup(context, id)
  await useNamespace(context, id.subscriptionId, id.type)
  return { serviceTenantId: subscription.tenantId }
}

function subscriptionNotActive(subscriptionId: string, why: Refusal | string | undefined): Refusal {
  const state = why instanceof Refusal ? why.message : `The subscription '${subscriptionId}' is ${why ?? 'unknown'}.`
  return new Refusal(
    'conflict',
    'SubscriptionNotActive',
    `${state} Only an Active subscription can be charged for a tenant: settle what is due or enable it again, or choose another subscription.`,
    {
      target: `/subscriptions/${subscriptionId}`,
      ...(why instanceof Refusal ? { details: [{ code: why.code, message: why.message }] } : {}),
    },
  )
}

export async function getLinkedResource(context: OperationContext, id: ResourceId): Promise<LinkedResource> {
  const resource = await findResource(context.db, id)
  if (resource) return withLink(context, resource)
  await requireResourceGroup(context, id)
  throw linkNotFound(id)
}

export async function lockLinkedResource(
  context: OperationContext,
  id: ResourceId,
): Promise<LinkedResource | undefined> {
  const resource = await lockResource(context.db, id)
  return resource && withLink(context, resource)
}

export const linkNotFound = (id: ResourceId): Refusal =>
  notFound(
    'ResourceNotFound',
    `The Resource '${id.type}/${id.name}' under resource group '${id.resourceGroupName}' was not found.`,
  )

export async function withLink(context: OperationContext, resource: Resource): Promise<LinkedResource> {
  const link = await findIdentityLinkById(context.db, resource.uid)
  if (!link) throw new Error(`resource ${resource.uid} is an identity link without a link`)
  return { resource, link }
}

export function requireSameTenantId(wanted: string | undefined, tenantId: string): void {
  if (wanted !== undefined && wanted !== tenantId)
    throw conflict(
      'TenantOfLinkImmutable',
      `This link bills tenant '${tenantId}', and stays with it. Create another link for tenant '${wanted}'.`,
      'properties.tenantId',
    )
}
