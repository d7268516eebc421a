import { decideAcceptance, relationshipRequestExpiry } from '../domain/partner/relationship.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { forbidden, notFound, type Refusal } from '../domain/refusal.ts'
import { findCustomer, insertCustomer } from '../store/customer.ts'
import { findPartner, type Partner } from '../store/partner.ts'
import { grantDelegatedPrivileges, startRelationship } from '../store/partner-relationship.ts'
import {
  insertRelationshipRequest,
  listRelationshipRequests,
  lockRelationshipRequest,
  noteAcceptance,
  type RelationshipRequest,
} from '../store/relationship-request.ts'
import { findTenant } from '../store/tenant.ts'
import { customerScope, defaultProfileOf } from './add-customer.ts'
import { appendAudit } from './audit.ts'
import { isGlobalAdministrator } from './authorize.ts'
import { authorizeConsole } from './authorize-partner.ts'
import type { OperationContext } from './context.ts'
import { queueMail } from './queue-mail.ts'
import { hashSecret, isSecretOf } from './secret-hash.ts'

export type { RelationshipRequest } from '../store/relationship-request.ts'

export interface WantedRelationship {
  /** PAR-5: a choice, on by default. */
  readonly delegatedPrivileges: boolean
  /** To whom the message goes; without it the partner sends the link as it likes. */
  readonly recipientEmail: string | undefined
  /** The text around the link, made from the partner's name. */
  readonly message: (partnerName: string) => { readonly subject: string; readonly text: string }
}

export interface MadeRequest {
  readonly request: RelationshipRequest
  /** Known here once. */
  readonly link: string
}

/** PAR-5: a message with a personal link, by which an administrator of an existing tenant can accept. */
export async function requestRelationship(context: OperationContext, wanted: WantedRelationship): Promise<MadeRequest> {
  const partner = await authorizeConsole(context, 'requestRelationship')
  if (wanted.delegatedPrivileges) await authorizeConsole(context, 'requestDelegatedPrivileges')
  const code = context.random.secret()
  const request = {
    id: context.random.uuid(),
    partnerId: partner.id,
    codeHash: hashSecret(code),
    delegatedPrivileges: wanted.delegatedPrivileges,
    recipientEmail: wanted.recipientEmail ?? null,
    createdAt: context.now,
    createdBy: context.caller.objectId,
    expiresAt: relationshipRequestExpiry(context.now),
  }
  const link = `${context.settings.baseUrl}/providers/Tenantry.Partner/relationshipRequests/${request.id}/accept?api-version=2026-11-01#${code}`
  await insertRelationshipRequest(context.db, request)
  if (wanted.recipientEmail !== undefined)
    await queueMail(context, {
      to: wanted.recipientEmail,
      ...wanted.message(partner.displayName),
      kind: 'relationshipRequest',
      relatedTo: requestScope(request),
      personalLink: link,
    })
  await appendAudit(context, {
    action: 'Tenantry.Partner/relationshipRequests/write',
    scope: requestScope(request),
    after: {
      partnerId: partner.id,
      delegatedPrivileges: wanted.delegatedPrivileges,
      expiresAt: request.expiresAt.toISOString(),
    },
  })
  return { request: { ...request, acceptedAt: null, customerTenantId: null }, link }
}

const requestScope = ({ id }: Pick<RelationshipRequest, 'id'>): string =>
  `/providers/Tenantry.Partner/relationshipRequests/${id}`

export async function listOwnRequests(context: OperationContext, id?: string): Promise<RelationshipRequest[]> {
  const partner = await authorizeConsole(context, 'requestRelationship')
  const found = id === undefined || isGuid(id) ? await listRelationshipRequests(context.db, partner.id, id) : []
  if (id !== undefined && found.length === 0) throw requestNotFound(id)
  return found
}

export interface AcceptedRequest {
  readonly request: RelationshipRequest
  readonly partner: Partner
}

/**
 * PAR-6: by a Global administrator of the customer's tenant, of that tenant itself and not of a partner. The partner
 * becomes partner of record and may sell; subscriptions that are there stay as they are (PAR-4, PAR-8).
 */
export async function acceptRelationship(
  context: OperationContext,
  id: string,
  code: string,
): Promise<AcceptedRequest> {
  const { db, caller, now } = context
  if (!(await isGlobalAdministrator(context, caller.tenantId)))
    throw forbidden(
      'AuthorizationFailed',
      `The client '${caller.name}' with object id '${caller.objectId}' is no Global administrator of the tenant '${caller.tenantId}', and only those accept a partner. Ask one of them.`,
      {
        details: [
          { code: 'GlobalAdministratorRequired', message: 'The directory role Global Administrator is needed.' },
        ],
      },
    )
  const request = isGuid(id) ? await lockRelationshipRequest(db, id.toLowerCase()) : undefined
  // Without the code of the link a request looks like none.
  if (!request || !isSecretOf(code, request.codeHash)) throw requestNotFound(id)
  const partner = await findPartner(db, request.partnerId)
  const tenant = await findTenant(db, caller.tenantId)
  if (!partner || !tenant) throw new Error(`the request ${id} has no partner, or its customer no tenant`)
  if (decideAcceptance(request, tenant, partner.tenantId, now) === 'repeated') return { request, partner }
  if (!(await findCustomer(db, partner.id, tenant.id)))
    await insertCustomer(db, {
      partnerId: partner.id,
      tenantId: tenant.id,
      companyName: tenant.displayName,
      billingProfileName: await defaultProfileOf(context, partner),
      email: null,
      culture: 'en-US',
      language: 'en',
      defaultAddress: { country: tenant.countryCode },
      createdAt: now,
      createdBy: caller.objectId,
    })
  const standing = { partnerId: partner.id, tenantId: tenant.id, at: now, by: caller.objectId }
  await startRelationship(db, standing)
  if (request.delegatedPrivileges) await grantDelegatedPrivileges(db, standing)
  await noteAcceptance(db, request.id, { at: now, by: caller.objectId, customerTenantId: tenant.id })
  await appendAudit(context, {
    action: 'Tenantry.Partner/relationshipRequests/accept/action',
    scope: customerScope(partner, tenant.id),
    after: { requestId: request.id, delegatedPrivileges: request.delegatedPrivileges },
  })
  return { request: { ...request, acceptedAt: now, customerTenantId: tenant.id }, partner }
}

const requestNotFound = (id: string): Refusal =>
  notFound('RelationshipRequestNotFound', `The request '${id}' could not be found. Use the whole link as it was sent.`)
