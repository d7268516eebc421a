import { parseBody } from '../../http/body.ts'
import { created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { listMyPartners, removeDelegatedPrivileges } from '../../operations/my-partner.ts'
import { acceptRelationship, listOwnRequests, requestRelationship } from '../../operations/request-relationship.ts'
import { acceptBody, fromWireRequest, requestBody, toWireMyPartner, toWireRequest } from './relationship.wire.ts'

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer' } as const
const requests = '/providers/Tenantry.Partner/relationshipRequests'
const myPartners = '/providers/Tenantry.Partner/myPartners'

export const relationshipOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'RelationshipRequests_Create',
    method: 'POST',
    path: requests,
    statuses: [201],
    permission: 'console right requestRelationship, and requestDelegatedPrivileges where they are included',
    summary: 'Makes a request for a relationship; its personal link is answered once.',
    body: requestBody,
    async handle(context, request) {
      const made = await requestRelationship(context, fromWireRequest(parseBody(request, requestBody)))
      const shown = toWireRequest(made.request, context.now)
      return {
        ...created({ ...shown, properties: { ...shown.properties, link: made.link } }),
        isShownOnce: true,
        bodyOnRepeat: shown,
      }
    },
  },
  {
    ...common,
    id: 'RelationshipRequests_List',
    method: 'GET',
    path: requests,
    statuses: [200],
    permission: 'console right requestRelationship',
    summary: "The partner's requests, the latest first.",
    async handle(context) {
      return ok({ value: (await listOwnRequests(context)).map((one) => toWireRequest(one, context.now)) })
    },
  },
  {
    ...common,
    id: 'RelationshipRequests_Get',
    method: 'GET',
    path: `${requests}/{requestId}`,
    statuses: [200],
    permission: 'console right requestRelationship',
    summary: 'A request of the partner and whether it was accepted.',
    async handle(context, request) {
      const [found] = await listOwnRequests(context, pathParameter(request, 'requestId'))
      return ok(found && toWireRequest(found, context.now))
    },
  },
  {
    ...common,
    id: 'RelationshipRequests_Accept',
    method: 'POST',
    path: `${requests}/{requestId}/accept`,
    statuses: [200],
    permission: "Global administrator of the caller's tenant, with the code of the link",
    summary: "Makes the partner a partner of the caller's tenant, with the privileges that the request includes.",
    body: acceptBody,
    async handle(context, request) {
      const { code } = parseBody(request, acceptBody).properties
      const accepted = await acceptRelationship(context, pathParameter(request, 'requestId'), code)
      return ok(toWireRequest(accepted.request, context.now))
    },
  },
  {
    ...common,
    id: 'MyPartners_List',
    method: 'GET',
    path: myPartners,
    statuses: [200],
    permission: 'directory permission partnerRelationships/read',
    summary: "The partners of the caller's tenant, and what they may do in its directory.",
    async handle(context) {
      return ok({ value: (await listMyPartners(context)).map(toWireMyPartner) })
    },
  },
  {
    ...common,
    id: 'MyPartners_RemoveDelegatedPrivileges',
    method: 'POST',
    path: `${myPartners}/{partnerId}/removeDelegatedPrivileges`,
    statuses: [200],
    permission: 'directory permission partnerRelationships/update',
    summary: "Takes the partner's directory roles in the caller's tenant back; roles on subscriptions stay.",
    async handle(context, request) {
      return ok(toWireMyPartner(await removeDelegatedPrivileges(context, pathParameter(request, 'partnerId'))))
    },
  },
]
