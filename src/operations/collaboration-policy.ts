import { isDeepStrictEqual } from 'node:util'
import type { CollaborationPolicy } from '../domain/directory/collaboration-policy.ts'
import { type DomainList, newDomainList } from '../domain/directory/domain-list.ts'
import { objectNotFound } from '../domain/directory/object-id.ts'
import { conflict } from '../domain/refusal.ts'
import {
  deleteDomainList,
  findDomainList,
  getCollaborationPolicy,
  replaceCollaborationPolicy,
  replaceDomainList,
  type StoredDomainList,
} from '../store/collaboration-policy.ts'
import { lockTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'

export async function readCollaborationPolicy(
  context: OperationContext,
  tenantId: string = context.caller.tenantId,
): Promise<CollaborationPolicy> {
  await authorizeDirectory(context, tenantId, 'policies/read')
  return getCollaborationPolicy(context.db, tenantId)
}

/** TEN-19: a Global administrator's alone, audited, and in force from the next request on. */
export async function changeCollaborationPolicy(
  context: OperationContext,
  changes: { readonly [K in keyof CollaborationPolicy]?: CollaborationPolicy[K] | undefined },
  tenantId: string = context.caller.tenantId,
): Promise<CollaborationPolicy> {
  const { db } = context
  await authorizeDirectory(context, tenantId, 'policies/update')
  await lockTenant(db, tenantId)
  const before = await getCollaborationPolicy(db, tenantId)
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const after: CollaborationPolicy = { ...before, ...Object.fromEntries(given) }
  if (JSON.stringify(before) === JSON.stringify(after)) return after
  await replaceCollaborationPolicy(db, tenantId, after)
  await appendAudit(context, {
    action: 'policies/authorizationPolicy/update',
    scope: `/tenants/${tenantId}/policies/authorizationPolicy`,
    before,
    after,
  })
  return after
}

/** The list that is in force in a tenant (TEN-16). */
export async function activeDomainList(context: OperationContext, tenantId: string): Promise<DomainList | undefined> {
  const list = await findDomainList(context.db, tenantId)
  return list?.isActive ? list : undefined
}

export async function readDomainLists(context: OperationContext): Promise<StoredDomainList[]> {
  await authorizeDirectory(context, context.caller.tenantId, 'policies/read')
  const list = await findDomainList(context.db, context.caller.tenantId)
  return list ? [list] : []
}

export async function getDomainList(context: OperationContext, id: string): Promise<StoredDomainList> {
  const [list] = await readDomainLists(context)
  if (list?.id !== id.toLowerCase()) throw objectNotFound(id)
  return list
}

export interface WantedDomainList {
  readonly displayName: string
  readonly description: string | null
  readonly isActive: boolean
  readonly allowed: readonly string[]
  readonly blocked: readonly string[]
}

export async function createDomainList(context: OperationContext, wanted: WantedDomainList): Promise<StoredDomainList> {
  const { db, caller } = context
  await authorizeDirectory(context, caller.tenantId, 'policies/update')
  await lockTenant(db, caller.tenantId)
  const existing = await findDomainList(db, caller.tenantId)
  if (existing)
    throw conflict(
      'DomainListExists',
      `The tenant has a list already, '${existing.id}', and can have one only. Change it (PATCH) or delete it first.`,
    )
  const list = { id: context.random.uuid(), ...described(wanted), ...newDomainList(wanted.allowed, wanted.blocked) }
  await write(context, undefined, list)
  return list
}

/** The list becomes what is given, whole: with a new kind the old one is gone (TEN-16). */
export async function changeDomainList(
  context: OperationContext,
  id: string,
  changes: { readonly [K in keyof WantedDomainList]?: WantedDomainList[K] | undefined },
): Promise<void> {
  await authorizeDirectory(context, context.caller.tenantId, 'policies/update')
  await lockTenant(context.db, context.caller.tenantId)
  const before = await getDomainList(context, id)
  const domains =
    changes.allowed === undefined && changes.blocked === undefined
      ? { kind: before.kind, domains: before.domains }
      : newDomainList(changes.allowed ?? [], changes.blocked ?? [])
  await write(context, before, {
    id: before.id,
    displayName: changes.displayName ?? before.displayName,
    description: changes.description === undefined ? before.description : changes.description,
    isActive: changes.isActive ?? before.isActive,
    ...domains,
  })
}

export async function removeDomainList(context: OperationContext, id: string): Promise<void> {
  await authorizeDirectory(context, context.caller.tenantId, 'policies/update')
  const before = await getDomainList(context, id)
  await deleteDomainList(context.db, context.caller.tenantId)
  await appendAudit(context, {
    action: 'policies/b2bManagementPolicies/delete',
    scope: `/tenants/${context.caller.tenantId}/policies/b2bManagementPolicies/${before.id}`,
    before,
  })
}

const described = ({ displayName, description, isActive }: WantedDomainList) => ({ displayName, description, isActive })

async function write(
  context: OperationContext,
  before: StoredDomainList | undefined,
  after: StoredDomainList,
): Promise<void> {
  if (isDeepStrictEqual(before, after)) return
  const { tenantId } = context.caller
  await replaceDomainList(context.db, tenantId, after)
  await appendAudit(context, {
    action: 'policies/b2bManagementPolicies/write',
    scope: `/tenants/${tenantId}/policies/b2bManagementPolicies/${after.id}`,
    before,
    after,
  })
}
