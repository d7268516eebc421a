import { isDeepStrictEqual } from 'node:util'
import type { DirectoryPermission } from '../domain/access/directory-roles.ts'
import type { Application, ApplicationPassword, SignInAudience } from '../domain/directory/application.ts'
import { objectNotFound } from '../domain/directory/object-id.ts'
import { checkRedirectUris, noRedirectUris, type RedirectUris } from '../domain/directory/redirect-uri.ts'
import { secretHint, secretPeriod } from '../domain/directory/secret.ts'
import {
  type ApplicationFilter,
  deletePassword,
  endApplication,
  findApplication,
  findApplicationByAppId,
  insertApplication,
  insertApplicationOwner,
  insertPassword,
  isApplicationOwner,
  listApplications,
  listPasswords,
  replaceApplication,
} from '../store/application.ts'
import { endServicePrincipal, findServicePrincipal } from '../store/service-principal.ts'
import { appendAudit } from './audit.ts'
import { allowsDirectoryPermission, authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { scheduleFinalDeletion } from './delete-for-good.ts'
import { directoryScope, findMemberCaller, holdsAdministratorRole, keepGlobalAdministrator } from './directory-scope.ts'
import { hashSecret } from './secret-hash.ts'

export interface ApplicationWithPasswords extends Application {
  readonly passwords: readonly Omit<ApplicationPassword, 'secretHash'>[]
}

/** Members may register applications (TEN-25) and own what they registered; it is nothing in the tenant yet. */
export async function registerApplication(
  context: OperationContext,
  wanted: {
    readonly displayName: string
    readonly signInAudience: SignInAudience
    readonly redirectUris: Partial<RedirectUris>
    readonly isFallbackPublicClient: boolean
  },
): Promise<ApplicationWithPasswords> {
  const { db, caller, now, random } = context
  const member = await findMemberCaller(context)
  await authorizeDirectory(context, caller.tenantId, 'applications/create')
  const application = {
    id: random.uuid(),
    appId: random.uuid(),
    tenantId: caller.tenantId,
    displayName: wanted.displayName,
    signInAudience: wanted.signInAudience,
    redirectUris: checkedRedirectUris(noRedirectUris, wanted.redirectUris),
    isFallbackPublicClient: wanted.isFallbackPublicClient,
    createdAt: now,
  }
  await insertApplication(db, application)
  if (member)
    await insertApplicationOwner(
      db,
      { tenantId: caller.tenantId, applicationId: application.id, ownerId: member.id },
      now,
    )
  await appendAudit(context, {
    action: 'applications/create',
    scope: directoryScope(context, 'applications', application.id),
    after: application,
  })
  return { ...application, revision: 1n, passwords: [] }
}

export async function getApplication(context: OperationContext, id: string): Promise<ApplicationWithPasswords> {
  await authorizeDirectory(context, context.caller.tenantId, 'applications/read')
  const application = await findApplication(context.db, context.caller.tenantId, id)
  if (!application) throw objectNotFound(id)
  const [withPasswords] = await addPasswords(context, [application])
  return withPasswords as ApplicationWithPasswords
}

export async function getApplicationByAppId(
  context: OperationContext,
  appId: string,
): Promise<ApplicationWithPasswords> {
  await authorizeDirectory(context, context.caller.tenantId, 'applications/read')
  const application = await findApplicationByAppId(context.db, appId)
  if (application?.tenantId !== context.caller.tenantId) throw objectNotFound(appId)
  const [withPasswords] = await addPasswords(context, [application])
  return withPasswords as ApplicationWithPasswords
}

export async function listApplicationsOfTenant(
  context: OperationContext,
  filter: ApplicationFilter,
  page: { after?: string | undefined; limit: number },
): Promise<ApplicationWithPasswords[]> {
  await authorizeDirectory(context, context.caller.tenantId, 'applications/read')
  return addPasswords(context, await listApplications(context.db, context.caller.tenantId, filter, page))
}

export async function changeApplication(
  context: OperationContext,
  id: string,
  changes: {
    readonly displayName?: string | undefined
    readonly signInAudience?: SignInAudience | undefined
    readonly redirectUris: Partial<RedirectUris>
    readonly isFallbackPublicClient?: boolean | undefined
  },
): Promise<void> {
  const application = await getOwnedApplication(context, id, 'applications/update')
  const changed = {
    ...application,
    displayName: changes.displayName ?? application.displayName,
    signInAudience: changes.signInAudience ?? application.signInAudience,
    redirectUris: checkedRedirectUris(application.redirectUris, changes.redirectUris),
    isFallbackPublicClient: changes.isFallbackPublicClient ?? application.isFallbackPublicClient,
  }
  if (isDeepStrictEqual(changed, application)) return
  await replaceApplication(context.db, changed)
  await appendAudit(context, {
    action: 'applications/update',
    scope: directoryScope(context, 'applications', id),
    before: shownFacts(application),
    after: shownFacts(changed),
  })
}

const shownFacts = ({ displayName, signInAudience, redirectUris, isFallbackPublicClient }: Application) => ({
  displayName,
  signInAudience,
  redirectUris,
  isFallbackPublicClient,
})

/** A kind that is not named keeps what it has. */
const checkedRedirectUris = (kept: RedirectUris, wanted: Partial<RedirectUris>): RedirectUris => ({
  web: wanted.web ? checkRedirectUris(wanted.web, 'web') : kept.web,
  publicClient: wanted.publicClient ? checkRedirectUris(wanted.publicClient, 'publicClient') : kept.publicClient,
  spa: wanted.spa ? checkRedirectUris(wanted.spa, 'spa') : kept.spa,
})

/**
 * What it was in its own tenant ends with it; in other tenants it can no longer sign in. Both can be restored for 30
 * days, each by itself (TEN-22).
 */
export async function deleteApplication(context: OperationContext, id: string): Promise<void> {
  const { db, caller, now } = context
  const application = await getOwnedApplication(context, id, 'applications/delete')
  const servicePrincipal = await findServicePrincipal(db, caller.tenantId, application.appId)
  if (servicePrincipal) {
    await keepGlobalAdministrator(context, servicePrincipal.id)
    await endServicePrincipal(db, servicePrincipal.id, now)
    await scheduleFinalDeletion(context, servicePrincipal.id)
  }
  await endApplication(db, application.id, now)
  await scheduleFinalDeletion(context, application.id)
  await appendAudit(context, {
    action: 'applications/delete',
    scope: directoryScope(context, 'applications', id),
    before: { appId: application.appId, displayName: application.displayName },
  })
}

export interface AddedPassword extends Omit<ApplicationPassword, 'secretHash'> {
  /** Known in this answer only. */
  readonly secretText: string
}

export async function addPassword(
  context: OperationContext,
  applicationId: string,
  wanted: { displayName?: string | undefined; startAt?: Date | undefined; endAt?: Date | undefined },
): Promise<AddedPassword> {
  const application = await getOwnedApplication(context, applicationId, 'applications/update')
  const secretText = context.random.secret()
  const password = {
    keyId: context.random.uuid(),
    applicationId: application.id,
    displayName: wanted.displayName ?? null,
    hint: secretHint(secretText),
    ...secretPeriod(wanted, context.now),
  }
  await insertPassword(context.db, { ...password, secretHash: hashSecret(secretText) })
  await appendAudit(context, {
    action: 'applications/passwords/write',
    scope: directoryScope(context, 'applications', application.id),
    after: password,
  })
  return { ...password, secretText }
}

export async function removePassword(context: OperationContext, applicationId: string, keyId: string): Promise<void> {
  const application = await getOwnedApplication(context, applicationId, 'applications/update')
  if (!(await deletePassword(context.db, application.id, keyId))) throw objectNotFound(keyId)
  await appendAudit(context, {
    action: 'applications/passwords/delete',
    scope: directoryScope(context, 'applications', application.id),
    before: { keyId },
  })
}

/**
 * An owner keeps up their application without a directory role, until it is an administrator itself: a secret of it
 * would then be more than the owner has.
 */
async function getOwnedApplication(
  context: OperationContext,
  id: string,
  permission: DirectoryPermission,
): Promise<Application> {
  const { db, caller } = context
  const application = await findApplication(db, caller.tenantId, id)
  if (!(await allowsDirectoryPermission(context, caller.tenantId, permission))) {
    const isOwner =
      application !== undefined &&
      (await isApplicationOwner(db, { tenantId: caller.tenantId, applicationId: id, ownerId: caller.objectId }))
    const servicePrincipal = isOwner ? await findServicePrincipal(db, caller.tenantId, application.appId) : undefined
    const isAdministrator = servicePrincipal && (await holdsAdministratorRole(context, servicePrincipal.id))
    if (!isOwner || isAdministrator) await authorizeDirectory(context, caller.tenantId, permission)
  }
  if (!application) throw objectNotFound(id)
  return application
}

async function addPasswords(
  context: OperationContext,
  applications: readonly Application[],
): Promise<ApplicationWithPasswords[]> {
  const passwords = await listPasswords(
    context.db,
    applications.map((application) => application.id),
  )
  return applications.map((application) => ({
    ...application,
    passwords: passwords
      .filter((password) => password.applicationId === application.id)
      .map(({ secretHash: _, ...shown }) => shown),
  }))
}
