import { associationNotice } from '../../domain/billing/associated-tenant.ts'
import { parseBody } from '../../http/body.ts'
import {
  type ApiRequest,
  created,
  noContent,
  type Operation,
  ok,
  pathParameter,
  queryValue,
} from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import { deleteAssociated, getAssociated, listAssociated, putAssociated } from '../../operations/associated-tenant.ts'
import type { OperationContext } from '../../operations/context.ts'
import { associatedTenantBody, toWireAssociatedTenant } from './associated-tenant.wire.ts'

const common = { apiVersions: ['2024-04-01'], authentication: 'bearer' } as const
const list = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}/associatedTenants'
const path = `${list}/{associatedTenantName}`

export const associatedTenantOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'AssociatedTenants_ListByBillingAccount',
    method: 'GET',
    path: list,
    statuses: [200],
    permission: 'A1 View role assignments of the account',
    summary: 'The tenants that the account is shared with.',
    query: {
      includeRevoked: 'optional',
      top: 'optional',
      filter: 'unsupported',
      orderBy: 'unsupported',
      skip: 'unsupported',
      count: 'unsupported',
      search: 'unsupported',
    },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const includesRevoked = queryValue(request, 'includeRevoked')?.toLowerCase() === 'true'
      const page = { includesRevoked, after, limit: top + 1 }
      const { rows, next } = splitPage(
        await listAssociated(context, accountOf(request), page),
        top,
        (tenant) => tenant.tenantId,
      )
      return ok(toPage(request, rows.map(toWireAssociatedTenant), next))
    },
  },
  {
    ...common,
    id: 'AssociatedTenants_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'A1 View role assignments of the account',
    summary: 'A tenant that the account is shared with.',
    async handle(context, request) {
      return ok(toWireAssociatedTenant(await getAssociated(context, accountOf(request), tenantOf(request))))
    },
  },
  {
    ...common,
    id: 'AssociatedTenants_CreateOrUpdate',
    method: 'PUT',
    path,
    statuses: [200, 201],
    permission: 'A2 Grant or revoke roles on the account',
    summary: 'Lets people of another tenant be offered roles, or asks that tenant whether it takes licences.',
    body: associatedTenantBody,
    async handle(context, request) {
      const { displayName, billingManagementState, provisioningManagementState } = parseBody(
        request,
        associatedTenantBody,
      ).properties
      const { tenant, isNew } = await putAssociated(context, accountOf(request), tenantOf(request), {
        displayName,
        billing: billingManagementState,
        provisioning: provisioningManagementState,
      })
      const headers = { 'x-tenantry-warning': associationNotice }
      const body = toWireAssociatedTenant(tenant)
      return isNew ? created(body, headers) : ok(body, headers)
    },
  },
  {
    ...common,
    id: 'AssociatedTenants_Delete',
    method: 'DELETE',
    path,
    statuses: [204],
    permission: 'A2 Grant or revoke roles on the account',
    summary: 'Takes every role of the tenant\u2019s people on the account, at once.',
    async handle(context, request) {
      await deleteAssociated(context, accountOf(request), tenantOf(request))
      return noContent()
    },
  },
]

const accountOf = (request: ApiRequest): string => pathParameter(request, 'billingAccountName')
const tenantOf = (request: ApiRequest): string => pathParameter(request, 'associatedTenantName')
