import { objectNotFound } from '../domain/directory/object-id.ts'
import { lockTenant, replaceTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { getOwnTenant } from './directory-scope.ts'

/** The name that people see; the id and the initial domain stay (TEN-1, TEN-3). */
export async function renameOrganization(
  context: OperationContext,
  id: string,
  displayName: string | undefined,
): Promise<void> {
  const { tenantId } = context.caller
  await authorizeDirectory(context, tenantId, 'organization/update')
  if (id.toLowerCase() !== tenantId) throw objectNotFound(id)
  await lockTenant(context.db, tenantId)
  const tenant = await getOwnTenant(context)
  if (displayName === undefined || displayName === tenant.displayName) return
  await replaceTenant(context.db, { ...tenant, displayName })
  await appendAudit(context, {
    action: 'organization/update',
    scope: `/tenants/${tenantId}`,
    before: { displayName: tenant.displayName },
    after: { displayName },
  })
}
