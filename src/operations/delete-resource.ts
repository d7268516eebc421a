import { formatResourceId, type ResourceId } from '../domain/resource/resource-id.ts'
import { changeAttribution } from '../store/attribution.ts'
import { deleteLocksBelow } from '../store/management-lock.ts'
import { deletePolicyAssignmentsBelow } from '../store/policy-assignment.ts'
import { listResources, lockResource, type Resource, softDeleteResource } from '../store/resource.ts'
import { deleteRoleAssignmentsBelow } from '../store/role-assignment.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { requireWritableResourceGroup } from './require-resource-group.ts'
import { findResourceGroup } from '../store/resource-group.ts'
import { behaviourOf } from './resource-behaviour.ts'

/** False when there is nothing of this name. What lives below the resource goes with it. */
export async function deleteResource(
  context: OperationContext,
  id: ResourceId,
  check: (revision: bigint | undefined) => void,
): Promise<boolean> {
  await authorizeResource(context, `${id.type}/delete`, formatResourceId(id))
  if (!(await findResourceGroup(context.db, id.subscriptionId, id.resourceGroupName))) return false
  await requireWritableResourceGroup(context, id)
  const resource = await lockResource(context.db, id)
  check(resource?.revision)
  if (!resource) return false
  await changeAttribution(context.db)
  await removeResources(context, [resource, ...(await listChildren(context, resource))])
  return true
}

async function listChildren(context: OperationContext, parent: Resource): Promise<Resource[]> {
  const children: Resource[] = []
  const { subscriptionId, resourceGroupName } = parent
  const prefix = `${formatResourceId(parent)}/`.toLowerCase()
  let after: string | undefined
  for (;;) {
    const rows = await listResources(context.db, { subscriptionId, resourceGroupName }, { after, limit: 1000 })
    children.push(...rows.filter((row) => formatResourceId(row).toLowerCase().startsWith(prefix)))
    after = rows.at(-1)?.uid
    if (rows.length < 1000) return children
  }
}

/** Call `changeAttribution` first. With it go its roles, policies and locks, so that a new one of its name starts bare. */
export async function removeResources(context: OperationContext, resources: readonly Resource[]): Promise<void> {
  for (const resource of resources) {
    const scope = formatResourceId(resource)
    await behaviourOf(resource.type)?.onDelete?.(context, resource)
    await softDeleteResource(context.db, resource.uid, context.now)
    await deleteRoleAssignmentsBelow(context.db, scope)
    await deletePolicyAssignmentsBelow(context.db, scope)
    await deleteLocksBelow(context.db, scope)
    await appendAudit(context, {
      action: `${resource.type}/delete`,
      scope,
      before: { location: resource.location, tags: resource.tags },
    })
  }
}
