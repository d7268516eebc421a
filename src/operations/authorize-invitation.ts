import { mayInvite, whoMayInvite } from '../domain/directory/collaboration-policy.ts'
import { forbidden, notFound } from '../domain/refusal.ts'
import { loadDirectoryRoles } from '../store/access-facts.ts'
import { getCollaborationPolicy } from '../store/collaboration-policy.ts'
import { allowsDirectoryPermission, authorizeDirectory } from './authorize.ts'
import { type Identity, identitiesIn } from './authorize-directory.ts'
import type { OperationContext } from './context.ts'

/** Refuses unless the tenant's setting lets the caller invite, by a role or without one (TEN-15). Gives who invites. */
export async function authorizeInvitation(context: OperationContext, tenantId: string): Promise<Identity> {
  const { allowInvitesFrom } = await getCollaborationPolicy(context.db, tenantId)
  for (const identity of await invitersIn(context, tenantId))
    if (await isAllowedToInvite(context, identity)) return identity
  throw forbidden('Authorization_RequestDenied', 'Insufficient privileges to complete the operation.', {
    details: [
      {
        code: 'InvitationNotAllowed',
        message: `The tenant's setting does not let you invite guests. Its level is '${allowInvitesFrom}': ${whoMayInvite[allowInvitesFrom]} may invite. A Global Administrator can change it (PATCH /v1.0/policies/authorizationPolicy, allowInvitesFrom).`,
      },
    ],
  })
}

/** Who has no account in the tenant neither invites nor sees who was invited, whatever was delegated to a partner. */
async function invitersIn(context: OperationContext, tenantId: string): Promise<Identity[]> {
  const identities = await identitiesIn(context, tenantId)
  if (identities.length === 0) throw notFound('TenantNotFound', `The tenant '${tenantId}' could not be found.`)
  return identities
}

/** Whether somebody may invite now; also asked of who invited when the invitation is redeemed (S20). */
export async function isAllowedToInvite(context: Pick<OperationContext, 'db'>, identity: Identity): Promise<boolean> {
  const { isPresent, standing, roleTemplateIds } = await loadDirectoryRoles(context.db, identity)
  const { allowInvitesFrom } = await getCollaborationPolicy(context.db, identity.tenantId)
  return isPresent && mayInvite(allowInvitesFrom, standing, roleTemplateIds)
}

/** Whose invitations the caller manages: everybody's with the permission to invite, else those that they sent. */
export async function managedInviter(
  context: OperationContext,
  tenantId: string,
): Promise<{ readonly inviterId: string | undefined }> {
  const identities = await invitersIn(context, tenantId)
  if (await allowsDirectoryPermission(context, tenantId, 'users/inviteGuest')) return { inviterId: undefined }
  for (const identity of identities)
    if (await isAllowedToInvite(context, identity)) return { inviterId: identity.objectId }
  await authorizeDirectory(context, tenantId, 'users/inviteGuest')
  return { inviterId: undefined }
}
