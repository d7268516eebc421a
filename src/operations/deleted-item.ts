import type { DirectoryPermission } from '../domain/access/directory-roles.ts'
import { type DeletedItem, type DeletedItemKind, finalAt, lastFinalDeletion } from '../domain/directory/deleted-item.ts'
import { objectNotFound } from '../domain/directory/object-id.ts'
import { checkIdentities } from '../domain/directory/user-account.ts'
import { checkUserPrincipalName, originalPrincipalName } from '../domain/directory/user-principal-name.ts'
import { invalid } from '../domain/refusal.ts'
import { findApplicationByAppId, restoreApplication } from '../store/application.ts'
import { findDeletedItem, listDeletedItems, purgeItem } from '../store/deleted-item.ts'
import { restorePrincipal } from '../store/principal.ts'
import { restoreServicePrincipal } from '../store/service-principal.ts'
import { lockTenant } from '../store/tenant.ts'
import { findDeletedUser, hasAccountOfHome, replaceUser } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { getOwnTenant, refuseChangeOfAdministrator } from './directory-scope.ts'
import { refusingDuplicates } from './refuse-duplicate-object.ts'

/** Who may make one may have it again; an application comes back with its secrets, which any member who registers has not. */
const neededToRestore: Record<DeletedItemKind, DirectoryPermission> = {
  user: 'users/restore',
  group: 'groups/create',
  application: 'applications/update',
  servicePrincipal: 'servicePrincipals/create',
}

export async function listDeletedItemsOfTenant(
  context: OperationContext,
  kind: DeletedItemKind,
  page: { after?: string | undefined; limit: number },
): Promise<DeletedItem[]> {
  const { db, caller, now } = context
  await authorizeDirectory(context, caller.tenantId, 'deletedItems/read')
  return listDeletedItems(db, caller.tenantId, kind, lastFinalDeletion(now), page)
}

export async function getDeletedItem(context: OperationContext, id: string): Promise<DeletedItem> {
  await authorizeDirectory(context, context.caller.tenantId, 'deletedItems/read')
  return itemOf(context, id)
}

/** TEN-22: with its object id and everything it had, which nobody took from it; but a name may have been taken. */
export async function restoreDeletedItem(
  context: OperationContext,
  id: string,
  wanted: { readonly userPrincipalName?: string | undefined },
): Promise<DeletedItem> {
  await authorizeDirectory(context, context.caller.tenantId, 'deletedItems/restore')
  await lockTenant(context.db, context.caller.tenantId)
  const item = await itemOf(context, id)
  await authorizeDirectory(context, item.tenantId, neededToRestore[item.kind])
  if (item.kind !== 'application') await refuseChangeOfAdministrator(context, id)
  if (wanted.userPrincipalName !== undefined && item.kind !== 'user')
    throw invalid('Request_BadRequest', 'Only a user has a userPrincipalName.', 'newUserPrincipalName')
  const userPrincipalName = await restore(context, item, wanted.userPrincipalName)
  await appendAudit(context, {
    action: 'deletedItems/restore',
    scope: scopeOf(item),
    before: { kind: item.kind, deletedAt: item.deletedAt },
    after: { kind: item.kind, ...(userPrincipalName === null ? {} : { userPrincipalName }) },
  })
  return { ...item, userPrincipalName }
}

/** Final at once. */
export async function deleteItemForGood(context: OperationContext, id: string): Promise<void> {
  await authorizeDirectory(context, context.caller.tenantId, 'deletedItems/delete')
  // Of a restoration and a final deletion at once one comes first, and the other finds nothing.
  await lockTenant(context.db, context.caller.tenantId)
  const item = await itemOf(context, id)
  await purgeItem(context.db, item, context.now)
  await appendAudit(context, {
    action: 'deletedItems/delete',
    scope: scopeOf(item),
    before: { kind: item.kind, deletedAt: item.deletedAt },
  })
}

async function itemOf(context: OperationContext, id: string): Promise<DeletedItem> {
  const item = await findDeletedItem(context.db, context.caller.tenantId, id)
  if (!item || finalAt(item.deletedAt) <= context.now) throw objectNotFound(id)
  return item
}

async function restore(context: OperationContext, item: DeletedItem, wantedName?: string): Promise<string | null> {
  if (item.kind === 'user') return restoreUser(context, item, wantedName)
  if (item.kind === 'group') await restorePrincipal(context.db, item.id)
  if (item.kind === 'application') await restoreApplication(context.db, item.id)
  if (item.kind === 'servicePrincipal') await restoreTakenIn(context, item)
  return null
}

async function restoreUser(context: OperationContext, item: DeletedItem, wantedName?: string): Promise<string> {
  const user = await findDeletedUser(context.db, item.tenantId, item.id)
  if (!user) throw objectNotFound(item.id)
  const tenant = await getOwnTenant(context)
  const userPrincipalName = wantedName ?? originalPrincipalName(user.id, user.userPrincipalName)
  if (user.home === null) checkUserPrincipalName(userPrincipalName, tenant.domains)
  else if (wantedName !== undefined)
    throw invalid(
      'Request_BadRequest',
      'The userPrincipalName of an external account is made from its home and stays.',
      'newUserPrincipalName',
    )
  if (user.home !== null && (await hasAccountOfHome(context.db, item.tenantId, user.home)))
    throw invalid(
      'Request_BadRequest',
      'The person has been given another account in this tenant meanwhile. Delete that one first, or leave this one deleted.',
    )
  if (user.identities.length > 0) checkIdentities(user.identities, tenant)
  await restorePrincipal(context.db, user.id)
  await refusingDuplicates(
    () => replaceUser(context.db, { ...user, userPrincipalName }),
    (property) =>
      property === 'userPrincipalName'
        ? "Restore the user under another name with 'newUserPrincipalName', or rename the other user first."
        : 'Change the identities of the other user first.',
  )
  return userPrincipalName
}

async function restoreTakenIn(context: OperationContext, item: DeletedItem): Promise<void> {
  if (item.appId !== null && !(await findApplicationByAppId(context.db, item.appId)))
    throw invalid(
      'Request_BadRequest',
      `The application '${item.appId}' is deleted, and a service principal is nothing without it. Restore the application first.`,
      'appId',
    )
  await refusingDuplicates(
    () => restoreServicePrincipal(context.db, item.id),
    () => 'The application was taken in anew meanwhile; delete that service principal first.',
  )
}

const scopeOf = (item: DeletedItem): string => `/tenants/${item.tenantId}/directory/deletedItems/${item.id}`
