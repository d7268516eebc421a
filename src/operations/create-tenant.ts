import { directoryRoleIds } from '../domain/access/directory-roles.ts'
import { dataResidencyOf } from '../domain/directory/data-residency.ts'
import { checkPassword } from '../domain/directory/password.ts'
import { secretHint, secretPeriod } from '../domain/directory/secret.ts'
import { initialDomainNameOf, type TenantWithDomains, type WantedTenant } from '../domain/directory/tenant.ts'
import { newExternalMember } from '../domain/directory/user-account.ts'
import { checkUserPrincipalName } from '../domain/directory/user-principal-name.ts'
import { conflict, invalid } from '../domain/refusal.ts'
import { findApplicationByAppId, insertApplication, insertPassword } from '../store/application.ts'
import { insertDirectoryRoleMember } from '../store/directory-role.ts'
import { findPrincipal } from '../store/principal.ts'
import { findServicePrincipalById, insertServicePrincipal } from '../store/service-principal.ts'
import { insertDomain, insertTenant } from '../store/tenant.ts'
import { findUser, insertUser } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'
import { hashPassword } from './password-hash.ts'
import { hashSecret } from './secret-hash.ts'

/** Who becomes the first Global administrator (TEN-3): a new user, somebody of another tenant, or an application. */
export type WantedAdministrator =
  | {
      readonly kind: 'user'
      readonly displayName: string
      readonly userPrincipalName?: string | undefined
      readonly mail?: string | undefined
      readonly password?: string | undefined
    }
  | { readonly kind: 'external'; readonly homeTenantId: string; readonly homeObjectId: string }
  | { readonly kind: 'application'; readonly displayName: string }

export interface NamedAdministrator {
  readonly objectId: string
  readonly kind: 'user' | 'servicePrincipal'
  readonly userPrincipalName?: string
  readonly clientId?: string
  /** Known here once; only its hash is kept. */
  readonly clientSecret?: string
}

export interface NewTenant extends WantedTenant {
  readonly id?: string | undefined
  readonly administrator?: WantedAdministrator | undefined
}

export interface CreatedTenant {
  readonly tenant: TenantWithDomains
  readonly administrator: NamedAdministrator | undefined
}

/** The caller has been authorised already: by the operator's role, or by what lets a subscription create one. */
export async function createTenant(context: OperationContext, wanted: NewTenant): Promise<CreatedTenant> {
  const { db, now } = context
  const fresh = {
    id: wanted.id ?? context.random.uuid(),
    kind: wanted.kind,
    displayName: wanted.displayName,
    countryCode: wanted.countryCode,
    dataResidency: wanted.dataResidency ?? dataResidencyOf(wanted.countryCode),
    externalIdentityPricing: wanted.externalIdentityPricing ?? false,
    createdAt: now,
  }
  if (!(await insertTenant(db, fresh)))
    throw conflict('TenantIdInUse', `The tenant id '${fresh.id}' is in use or was. Choose another GUID.`)
  const initialDomain = {
    name: wanted.initialDomain,
    tenantId: fresh.id,
    isInitial: true,
    isDefault: true,
    verifiedAt: now,
  }
  if (!(await insertDomain(db, initialDomain)))
    throw conflict(
      'DomainAlreadyInUse',
      `The domain '${wanted.initialDomain}' belongs to another tenant. Choose another initial domain.`,
      'properties.initialDomain',
    )
  const tenant = { ...fresh, revision: 1n, domains: [initialDomain] }
  const administrator = wanted.administrator && (await nameAdministrator(context, tenant, wanted.administrator))
  await appendAudit(context, {
    action: 'Tenantry.Directory/tenants/write',
    scope: `/providers/Tenantry.Directory/tenants/${tenant.id}`,
    after: { ...fresh, initialDomain: wanted.initialDomain, administratorId: administrator?.objectId ?? null },
  })
  return { tenant, administrator }
}

export async function nameAdministrator(
  context: OperationContext,
  tenant: TenantWithDomains,
  wanted: WantedAdministrator,
): Promise<NamedAdministrator> {
  const administrator = await insertAdministrator(context, tenant, wanted)
  await insertDirectoryRoleMember(context.db, {
    tenantId: tenant.id,
    roleTemplateId: directoryRoleIds.globalAdministrator,
    principalId: administrator.objectId,
    assignedAt: context.now,
  })
  return administrator
}

function insertAdministrator(
  context: OperationContext,
  tenant: TenantWithDomains,
  wanted: WantedAdministrator,
): Promise<NamedAdministrator> {
  if (wanted.kind === 'application') return insertNewApplication(context, tenant, wanted.displayName)
  if (wanted.kind === 'external') return insertExternal(context, tenant, wanted)
  return insertNewUser(context, tenant, wanted)
}

async function insertNewUser(
  context: OperationContext,
  tenant: TenantWithDomains,
  wanted: Extract<WantedAdministrator, { kind: 'user' }>,
): Promise<NamedAdministrator> {
  const objectId = context.random.uuid()
  const userPrincipalName = checkUserPrincipalName(
    wanted.userPrincipalName ?? `admin@${initialDomainNameOf(tenant)}`,
    tenant.domains,
  )
  await insertUser(context.db, {
    id: objectId,
    tenantId: tenant.id,
    displayName: wanted.displayName,
    createdAt: context.now,
    userPrincipalName,
    mail: wanted.mail ?? null,
    mailNickname: userPrincipalName.slice(0, userPrincipalName.lastIndexOf('@')),
    givenName: null,
    surname: null,
    userType: 'Member',
    accountClass: 'work',
    accountEnabled: true,
    home: null,
    externalUserState: null,
    externalUserStateChangedAt: null,
    identities: [],
    password:
      wanted.password === undefined
        ? undefined
        : { hash: await hashPassword(checkPassword(wanted.password), context.random.bytes(16)), mustChange: true },
  })
  return { objectId, kind: 'user', userPrincipalName }
}

async function insertNewApplication(
  context: OperationContext,
  tenant: TenantWithDomains,
  displayName: string,
): Promise<NamedAdministrator> {
  const { db, random, now } = context
  const [applicationId, clientId, objectId, clientSecret] = [
    random.uuid(),
    random.uuid(),
    random.uuid(),
    random.secret(),
  ]
  const common = { tenantId: tenant.id, appId: clientId, displayName, createdAt: now }
  await insertApplication(db, { id: applicationId, ...common })
  await insertPassword(db, {
    keyId: random.uuid(),
    applicationId,
    displayName: 'First administrator',
    hint: secretHint(clientSecret),
    secretHash: hashSecret(clientSecret),
    ...secretPeriod({}, now),
  })
  await insertServicePrincipal(db, { id: objectId, ...common })
  return { objectId, kind: 'servicePrincipal', clientId, clientSecret }
}

/** A person becomes an external member; an application is taken in as itself, with the secrets it has at home. */
async function insertExternal(
  context: OperationContext,
  tenant: TenantWithDomains,
  { homeTenantId, homeObjectId }: Extract<WantedAdministrator, { kind: 'external' }>,
): Promise<NamedAdministrator> {
  const { db, now } = context
  const principal = await findPrincipal(db, homeObjectId)
  const isThere = principal?.tenantId === homeTenantId
  const objectId = context.random.uuid()
  if (isThere && principal.kind === 'servicePrincipal') {
    const servicePrincipal = await findServicePrincipalById(db, homeTenantId, homeObjectId)
    const application = servicePrincipal && (await findApplicationByAppId(db, servicePrincipal.appId))
    if (application) {
      const { appId, displayName } = application
      await insertServicePrincipal(db, { id: objectId, tenantId: tenant.id, appId, displayName, createdAt: now })
      return { objectId, kind: 'servicePrincipal', clientId: appId }
    }
  }
  const person = isThere && principal.kind === 'user' ? await findUser(db, homeTenantId, homeObjectId) : undefined
  if (!person || person.accountClass === 'consumer')
    throw invalid(
      'AdministratorNotFound',
      `There is no user or application '${homeObjectId}' in tenant '${homeTenantId}' that could administer a tenant. Name one that exists.`,
      'properties.administrator',
    )
  // A guest of the tenant that was named keeps the home that they have (TEN-7).
  const home = person.home ?? { tenantId: homeTenantId, objectId: homeObjectId }
  const user = newExternalMember(person, home, tenant, objectId, now)
  await insertUser(db, { ...user, password: undefined })
  return { objectId, kind: 'user', userPrincipalName: user.userPrincipalName }
}
