import {
  findTenantDeletionObstacles,
  refusedTenantDeletion,
  type TenantDeletionObstacle,
} from '../domain/directory/tenant-deletion.ts'
import { forbidden, notFound } from '../domain/refusal.ts'
import { findSetting } from '../store/platform-setting.ts'
import { lockTenant } from '../store/tenant.ts'
import { endTenant, loadTenantContents } from '../store/tenant-contents.ts'
import { appendAudit } from './audit.ts'
import { identitiesOf, isGlobalAdministrator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { scheduleFinalDeletion } from './delete-for-good.ts'

/** TEN-23: what stands in the way, all of it; empty when nothing does. */
export async function explainTenantDeletion(
  context: OperationContext,
  tenantId: string,
): Promise<readonly TenantDeletionObstacle[]> {
  await authorizeDeletion(context, tenantId)
  return obstaclesOf(context, tenantId)
}

/** TEN-23: by its Global administrator, for good. Nobody signs in there from the next request on. */
export async function deleteTenant(context: OperationContext, tenantId: string): Promise<void> {
  await authorizeDeletion(context, tenantId)
  const tenant = await lockTenant(context.db, tenantId)
  if (!tenant) throw tenantNotFound(tenantId)
  const obstacles = await obstaclesOf(context, tenantId)
  if (obstacles.length > 0) throw refusedTenantDeletion(tenantId, obstacles)
  const ended = await endTenant(context.db, tenantId, context.now)
  for (const id of ended) await scheduleFinalDeletion(context, id)
  await appendAudit(context, {
    action: 'Tenantry.Directory/tenants/delete',
    scope: `/providers/Tenantry.Directory/tenants/${tenantId}`,
    before: { displayName: tenant.displayName, kind: tenant.kind, countryCode: tenant.countryCode },
  })
}

/** Whoever has no account in the tenant hears that there is none; the operator deletes no tenant of others. */
async function authorizeDeletion(context: OperationContext, tenantId: string): Promise<void> {
  if (await isGlobalAdministrator(context, tenantId)) return
  const { caller } = context
  if (!(await identitiesOf(context)).some((identity) => identity.tenantId === tenantId)) throw tenantNotFound(tenantId)
  throw forbidden(
    'AuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' is not a Global Administrator of tenant '${tenantId}'. Only one of them can delete it.`,
    { details: [{ code: 'DirectoryRoleRequired', message: "The directory role 'Global Administrator' is needed." }] },
  )
}

const tenantNotFound = (tenantId: string) => notFound('TenantNotFound', `The tenant '${tenantId}' could not be found.`)

async function obstaclesOf(context: OperationContext, tenantId: string): Promise<readonly TenantDeletionObstacle[]> {
  const { db, now } = context
  const identity = (await identitiesOf(context)).find((candidate) => candidate.tenantId === tenantId)
  const administratorId = identity?.objectId ?? context.caller.objectId
  const operator = await findSetting<{ tenantId: string }>(db, 'operator')
  const contents = await loadTenantContents(db, tenantId, administratorId, now)
  return findTenantDeletionObstacles({ ...contents, isOperators: operator?.tenantId === tenantId })
}
