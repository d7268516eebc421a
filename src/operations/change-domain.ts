import {
  domainsBelow,
  isReservedForPlay,
  parseCustomDomain,
  verificationTokenOf,
  verifiedParentOf,
} from '../domain/directory/custom-domain.ts'
import { objectNotFound } from '../domain/directory/object-id.ts'
import type { TenantDomain } from '../domain/directory/tenant.ts'
import { conflict, invalid, Refusal } from '../domain/refusal.ts'
import { violatedConstraint } from '../store/db.ts'
import { lockTenant } from '../store/tenant.ts'
import {
  deleteDomainOf,
  type DomainClaim,
  findDomainOf,
  findUsersNamedIn,
  insertDomainClaim,
  isDomainVerified,
  makeDefaultDomain,
  verifyDomainOf,
} from '../store/tenant-domain.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { directoryScope, getOwnTenant, holdOwnTenant } from './directory-scope.ts'

/** TEN-4: a claim, which names nobody until it is proved. A name below one of the tenant's is proved with it. */
export async function addDomain(context: OperationContext, text: string): Promise<TenantDomain> {
  await authorizeDirectory(context, context.caller.tenantId, 'domains/update')
  // The domain that a name below it is proved with stays until the name is there.
  const tenant = await holdOwnTenant(context)
  const name = parseCustomDomain(text, context.settings.domainSuffix)
  if (!tenant.domains.some((domain) => domain.name === name) && (await isDomainVerified(context.db, name)))
    throw verifiedElsewhere(name)
  const domain = {
    name,
    tenantId: tenant.id,
    isInitial: false,
    isDefault: false,
    verifiedAt: verifiedParentOf(name, tenant.domains) ? context.now : null,
    verificationToken: verificationTokenOf(context.random.bytes(16)),
  }
  await refusingSecondOwner(name, async () => {
    if (!(await insertDomainClaim(context.db, domain)))
      throw conflict('Request_MultipleObjectsWithSameKeyValue', `The tenant has the domain '${name}' already.`, 'id')
  })
  await appendAudit(context, {
    action: 'domains/create',
    scope: directoryScope(context, 'domains', name),
    after: { name, verifiedAt: domain.verifiedAt },
  })
  return domain
}

/** The record that proves the claim; who may read domains may see it, for it is published. */
export async function getVerificationRecord(context: OperationContext, name: string): Promise<DomainClaim> {
  await authorizeDirectory(context, context.caller.tenantId, 'domains/read')
  return claimOf(context, name)
}

/** The first tenant that proves the name has it, and nobody else until it is removed there. */
export async function verifyDomain(context: OperationContext, nameAsked: string): Promise<TenantDomain> {
  await authorizeDirectory(context, context.caller.tenantId, 'domains/update')
  const claim = await claimOf(context, nameAsked)
  if (claim.verifiedAt !== null) return claim
  if (await isDomainVerified(context.db, claim.name)) throw verifiedElsewhere(claim.name)
  if (!(context.settings.isSandbox && isReservedForPlay(claim.name))) await requireRecord(context, claim)
  await refusingSecondOwner(claim.name, () => verifyDomainOf(context.db, claim.tenantId, claim.name, context.now))
  await appendAudit(context, {
    action: 'domains/verify',
    scope: directoryScope(context, 'domains', claim.name),
    after: { verifiedAt: context.now },
  })
  return { ...claim, verifiedAt: context.now }
}

async function requireRecord(context: OperationContext, claim: DomainClaim): Promise<void> {
  const records = await context.findTextRecords(claim.name)
  if (records.status === 'unreachable')
    throw new Refusal(
      'unavailable',
      'ServiceUnavailable',
      `The name servers of '${claim.name}' gave no answer (${records.reason}). Try again later.`,
    )
  if (claim.verificationToken !== null && records.texts.includes(claim.verificationToken)) return
  throw invalid(
    'Request_BadRequest',
    `Domain verification failed: '${claim.name}' has no TXT record '${claim.verificationToken ?? ''}'. Publish it and try again; other servers may take up to 72 hours to see it.`,
    'id',
  )
}

/** New users are named in the default domain unless they name another. */
export async function changeDomain(
  context: OperationContext,
  name: string,
  changes: { readonly isDefault?: boolean | undefined },
): Promise<void> {
  await authorizeDirectory(context, context.caller.tenantId, 'domains/update')
  await lockTenant(context.db, context.caller.tenantId)
  const domain = await claimOf(context, name)
  if (changes.isDefault === undefined || changes.isDefault === domain.isDefault) return
  if (!changes.isDefault)
    throw invalid('Request_BadRequest', `A tenant has one default domain. Make another one the default.`, 'isDefault')
  if (domain.verifiedAt === null)
    throw invalid('Request_BadRequest', `The domain '${domain.name}' is not verified. Verify it first.`, 'isDefault')
  await makeDefaultDomain(context.db, domain.tenantId, domain.name)
  await appendAudit(context, {
    action: 'domains/update',
    scope: directoryScope(context, 'domains', domain.name),
    after: { isDefault: true },
  })
}

/** Not the initial one (TEN-3), not the default one, and not one that somebody is named in. */
export async function removeDomain(context: OperationContext, nameAsked: string): Promise<void> {
  await authorizeDirectory(context, context.caller.tenantId, 'domains/update')
  await lockTenant(context.db, context.caller.tenantId)
  const domain = await claimOf(context, nameAsked)
  const { name } = domain
  if (domain.isInitial)
    throw invalid('Request_BadRequest', `The initial domain '${name}' can be neither changed nor deleted.`, 'id')
  if (domain.isDefault)
    throw invalid('Request_BadRequest', `'${name}' is the default domain. Make another one the default first.`, 'id')
  const { domains } = await getOwnTenant(context)
  const below = domain.verifiedAt === null ? [] : domainsBelow(name, domains)
  if (below.length > 0)
    throw invalid(
      'Request_BadRequest',
      `The domains ${below.map((other) => `'${other.name}'`).join(', ')} are below '${name}'. Remove them first.`,
      'id',
    )
  const users = await findUsersNamedIn(context.db, domain.tenantId, name, 20)
  if (users.count > 0)
    throw new Refusal(
      'invalid',
      'Request_BadRequest',
      `The domain '${name}' names ${users.count} of the tenant's users: ${users.names.join(', ')}${users.count > users.names.length ? ', …' : ''}. Rename or delete them first.`,
      { target: 'id', details: users.names.map((user) => ({ code: 'DomainInUse', message: user })) },
    )
  await deleteDomainOf(context.db, domain.tenantId, name)
  await appendAudit(context, {
    action: 'domains/delete',
    scope: directoryScope(context, 'domains', name),
    before: { name, verifiedAt: domain.verifiedAt },
  })
}

async function claimOf(context: OperationContext, name: string): Promise<DomainClaim> {
  const claim = await findDomainOf(context.db, context.caller.tenantId, name.toLowerCase())
  if (!claim) throw objectNotFound(name)
  return claim
}

async function refusingSecondOwner(name: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (violatedConstraint(error)?.constraint === 'tenant_domain_verified') throw verifiedElsewhere(name)
    throw error
  }
}

const verifiedElsewhere = (name: string): Refusal =>
  conflict(
    'Request_MultipleObjectsWithSameKeyValue',
    `The domain '${name}' is verified in another tenant. It must first be removed there.`,
    'id',
  )
