import { parseBody } from '../../http/body.ts'
import { created, type Operation, ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getIssuer, putIssuer } from '../../operations/put-issuer.ts'
import { fromWireIssuer, issuerBody, toWireIssuer } from './issuer.wire.ts'

const common = {
  path: '/providers/Tenantry.Billing/issuer',
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  permission: 'platform operator',
} as const

export const issuerOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Issuer_CreateOrUpdate',
    method: 'PUT',
    statuses: [200, 201],
    summary: 'Says who sells: what stands on every invoice from now on.',
    body: issuerBody,
    async handle(context, request) {
      const { seller, isNew } = await putIssuer(context, fromWireIssuer(parseBody(request, issuerBody)))
      return (isNew ? created : ok)(toWireIssuer(seller))
    },
  },
  {
    ...common,
    id: 'Issuer_Get',
    method: 'GET',
    statuses: [200],
    summary: 'Who sells, in the version that invoices are issued by now.',
    async handle(context) {
      return ok(toWireIssuer(await getIssuer(context)))
    },
  },
]
