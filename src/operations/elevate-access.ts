import { roleIds } from '../domain/access/built-in-roles.ts'
import { insertRoleAssignment } from '../store/role-assignment.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'

/** ACC-7: a Global administrator takes User Access Administrator on every subscription of the tenant, on the record. */
export async function elevateAccess(context: OperationContext): Promise<void> {
  const { tenantId, objectId, kind } = context.caller
  await authorizeDirectory(context, tenantId, 'elevateAccess')
  const assignment = await insertRoleAssignment(context.db, {
    id: context.random.uuid(),
    tenantId,
    scope: '/',
    roleDefinitionId: roleIds.userAccessAdministrator,
    principalId: objectId,
    principalType: kind === 'user' ? 'User' : 'ServicePrincipal',
    description: 'Elevated access of a Global administrator',
    createdAt: context.now,
    createdBy: objectId,
  })
  await appendAudit(context, {
    action: 'Microsoft.Authorization/elevateAccess/action',
    scope: '/',
    after: assignment ? { roleAssignmentId: assignment.id } : { alreadyElevated: true },
  })
}
