import type { RefusalDetail } from '../domain/refusal.ts'
import { identityLinkTypes } from '../domain/metering/identity-link.ts'
import { endIdentityLink, findIdentityLinkById, moveIdentityLink } from '../store/identity-link.ts'
import { listResources, type Resource } from '../store/resource.ts'
import type { OperationContext } from './context.ts'

interface MoveTarget {
  readonly subscriptionId: string
  readonly resourceGroupName: string
}

/** What a type with behaviour of its own does when its resource goes or moves; inert types have none. */
export interface ResourceBehaviour {
  readonly type: string
  /** In the commit in which the resource is deleted, also when its group is. */
  onDelete?(context: OperationContext, resource: Resource): Promise<void>
  /** In the commit of the move, when the resource is in its new group already. */
  onMove?(context: OperationContext, resource: Resource, target: MoveTarget): Promise<void>
  /** Why this resource may not move there; for the move and for its validation. */
  refuseMove?(context: OperationContext, resource: Resource, target: MoveTarget): Promise<RefusalDetail | undefined>
  /**
   * In the commit in which its subscription comes to trust another tenant. An identity link has none: it stays, with
   * its model and its counters, whoever governs the subscription (SUB-20). A type that stops to work says so here (SUB-22).
   */
  onDirectoryChange?(context: OperationContext, resource: Resource): Promise<void>
  /** Why this resource may not be deleted with its group. */
  refuseDelete?(context: OperationContext, resource: Resource): Promise<RefusalDetail | undefined>
}

/** MAU-28: the link itself stays, with its model and its counters; deleting it is unlinking (MAU-2). */
const identityLink = (type: string): ResourceBehaviour => ({
  type,
  async onDelete(context, resource) {
    const link = await findIdentityLinkById(context.db, resource.uid)
    if (!link) return
    await endIdentityLink(context.db, resource.uid, context.now)
    await context.usage.reattribute(context.db, link.identityTenantId, context.now)
  },
  async onMove(context, resource, target) {
    await moveIdentityLink(context.db, resource.uid, target.subscriptionId, context.now)
    const link = await findIdentityLinkById(context.db, resource.uid)
    if (link) await context.usage.reattribute(context.db, link.identityTenantId, context.now)
  },
})

const behaviours: readonly ResourceBehaviour[] = [
  identityLink(identityLinkTypes.identityTenant),
  identityLink(identityLinkTypes.guestUsage),
]

const byType = new Map(behaviours.map((behaviour) => [behaviour.type.toLowerCase(), behaviour]))

export const behaviourOf = (resourceType: string): ResourceBehaviour | undefined =>
  byType.get(resourceType.toLowerCase())

/** Tells every resource of the subscription whose type wants to know. */
export async function announceDirectoryChange(context: OperationContext, subscriptionId: string): Promise<void> {
  for (const behaviour of behaviours) {
    if (!behaviour.onDirectoryChange) continue
    const filter = { subscriptionId, type: behaviour.type }
    for (let after: string | undefined; ; ) {
      const resources = await listResources(context.db, filter, { after, limit: 1000 })
      for (const resource of resources) await behaviour.onDirectoryChange(context, resource)
      after = resources.at(-1)?.uid
      if (resources.length < 1000) break
    }
  }
}
