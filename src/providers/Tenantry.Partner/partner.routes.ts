import { isGuid } from '../../domain/directory/object-id.ts'
import { invalid } from '../../domain/refusal.ts'
import { parseBody } from '../../http/body.ts'
import { etagOf } from '../../http/etag.ts'
import { type ApiRequest, created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getPartner, listAllPartners, putPartner } from '../../operations/put-partner.ts'
import { fromWirePartner, partnerBody, toWirePartner } from './partner.wire.ts'

const common = {
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  permission: 'platform operator',
} as const
const path = '/providers/Tenantry.Partner/partners/{partnerId}'

export const partnerOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Partners_CreateOrUpdate',
    method: 'PUT',
    path,
    statuses: [200, 201],
    summary: 'Makes a tenant the tenant of a partner, with its groups of agents and its billing account.',
    body: partnerBody,
    async handle(context, request) {
      const wanted = fromWirePartner(partnerIdOf(request), parseBody(request, partnerBody))
      const { isNew, ...view } = await putPartner(context, wanted)
      return (isNew ? created : ok)(toWirePartner(view), { etag: etagOf(view.partner.revision) })
    },
  },
  {
    ...common,
    id: 'Partners_Get',
    method: 'GET',
    path,
    statuses: [200],
    summary: 'A partner with its billing account, its profiles and its groups of agents.',
    async handle(context, request) {
      const view = await getPartner(context, partnerIdOf(request))
      return ok(toWirePartner(view), { etag: etagOf(view.partner.revision) })
    },
  },
  {
    ...common,
    id: 'Partners_List',
    method: 'GET',
    path: '/providers/Tenantry.Partner/partners',
    statuses: [200],
    summary: 'All partners, by id.',
    query: { $top: 'optional', $skiptoken: 'optional' },
    async handle(context, request) {
      const page = readPage(request)
      const views = await listAllPartners(context, { after: page.after, limit: page.top + 1 })
      const { rows, next } = splitPage(views, page.top, (view) => view.partner.id)
      return ok(toPage(request, rows.map(toWirePartner), next))
    },
  },
]

function partnerIdOf(request: ApiRequest): string {
  const id = pathParameter(request, 'partnerId')
  if (isGuid(id)) return id.toLowerCase()
  throw invalid('InvalidPartnerId', `The partner id '${id}' is not a GUID.`, 'partnerId')
}
