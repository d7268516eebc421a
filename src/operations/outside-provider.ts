import { isDeepStrictEqual } from 'node:util'
import { isGuid, objectNotFound } from '../domain/directory/object-id.ts'
import { checkOutsideProvider, type OutsideProvider } from '../domain/directory/outside-provider.ts'
import { invalid } from '../domain/refusal.ts'
import { violatedConstraint } from '../store/db.ts'
import {
  deleteOutsideProvider,
  findOutsideProvider,
  insertOutsideProvider,
  listOutsideProviders,
  lockOutsideProvider,
  type ProviderWithSecret,
  replaceOutsideProvider,
} from '../store/outside-provider.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { directoryScope, getOwnTenant } from './directory-scope.ts'
import { seal, unseal } from './seal-secret.ts'

export type WantedProvider = Omit<OutsideProvider, 'id' | 'tenantId' | 'createdAt'> & { readonly clientSecret: string }
export type ProviderChanges = { readonly [K in keyof WantedProvider]?: WantedProvider[K] | undefined }

export async function readOutsideProviders(context: OperationContext): Promise<OutsideProvider[]> {
  const { tenantId } = context.caller
  await authorizeDirectory(context, tenantId, 'policies/read')
  return listOutsideProviders(context.db, tenantId)
}

export async function getOutsideProvider(context: OperationContext, id: string): Promise<OutsideProvider> {
  await authorizeDirectory(context, context.caller.tenantId, 'policies/read')
  return findOwn(context, id)
}

export async function createOutsideProvider(
  context: OperationContext,
  { clientSecret, ...wanted }: WantedProvider,
): Promise<OutsideProvider> {
  const { db, caller, random } = context
  await authorizeDirectory(context, caller.tenantId, 'externalIdentities/update')
  const provider = { id: random.uuid(), tenantId: caller.tenantId, createdAt: context.now, ...wanted }
  checkOutsideProvider(provider, await getOwnTenant(context))
  await refusingSecond(() => insertOutsideProvider(db, { ...provider, secret: sealed(context, clientSecret) }))
  await audit(context, 'create', provider.id, undefined, provider)
  return provider
}

/** The same again, also the same secret, leaves no trace. */
export async function changeOutsideProvider(
  context: OperationContext,
  id: string,
  { clientSecret, ...changes }: ProviderChanges,
): Promise<void> {
  const { db, caller, sealingKey } = context
  await authorizeDirectory(context, caller.tenantId, 'externalIdentities/update')
  const before = await findOwn(context, id, lockOutsideProvider)
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const after: ProviderWithSecret = { ...before, ...Object.fromEntries(given) }
  checkOutsideProvider(after, await getOwnTenant(context))
  const { secret } = before
  const isSameSecret =
    clientSecret === undefined || (secret.keyId === sealingKey.id && unseal(sealingKey, secret.sealed) === clientSecret)
  if (isSameSecret && isDeepStrictEqual(before, after)) return
  await refusingSecond(() =>
    replaceOutsideProvider(db, isSameSecret ? after : { ...after, secret: sealed(context, clientSecret) }),
  )
  await audit(context, 'update', before.id, before, { ...after, isSecretNew: !isSameSecret })
}

export async function removeOutsideProvider(context: OperationContext, id: string): Promise<void> {
  await authorizeDirectory(context, context.caller.tenantId, 'externalIdentities/update')
  const before = await findOwn(context, id, lockOutsideProvider)
  await deleteOutsideProvider(context.db, before.id)
  await audit(context, 'delete', before.id, before, undefined)
}

async function findOwn(
  context: OperationContext,
  id: string,
  find: typeof findOutsideProvider = findOutsideProvider,
): Promise<ProviderWithSecret> {
  const found = isGuid(id) ? await find(context.db, id.toLowerCase()) : undefined
  if (found?.tenantId !== context.caller.tenantId) throw objectNotFound(id)
  return found
}

const sealed = ({ sealingKey, random }: OperationContext, secret: string) => ({
  sealed: seal(sealingKey, random, secret),
  keyId: sealingKey.id,
})

async function refusingSecond(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (violatedConstraint(error)?.constraint !== 'outside_provider_metadata') throw error
    throw invalid(
      'Request_BadRequest',
      'The tenant has a provider with this metadataUrl already. Change that one (PATCH), or delete it first.',
      'metadataUrl',
    )
  }
}

type Recorded = OutsideProvider & { readonly secret?: unknown; readonly isSecretNew?: boolean }

/** What is recorded has no secret in it, sealed or not. */
async function audit(
  context: OperationContext,
  what: 'create' | 'update' | 'delete',
  id: string,
  before: Recorded | undefined,
  after: Recorded | undefined,
): Promise<void> {
  const facts = (provider: Recorded | undefined) => {
    if (!provider) return {}
    const { secret: _, ...rest } = provider
    return rest
  }
  await appendAudit(context, {
    action: `identityProviders/${what}`,
    scope: directoryScope(context, 'identityProviders', id),
    ...(before && { before: facts(before) }),
    ...(after && { after: facts(after) }),
  })
}
