import { parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import { answerRequest } from '../../operations/answer-billing-request.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  type BillingRequestView,
  getRequest,
  listRequestsAt,
  listRequestsOfCaller,
  viewOf,
} from '../../operations/read-billing-request.ts'
import { requestBody, toWireRequest } from './billing-request.wire.ts'

const common = { apiVersions: ['2024-04-01'], authentication: 'bearer' } as const
const root = '/providers/Microsoft.Billing/billingRequests'
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`
const concerned = 'who was asked, who asked, and who sees the roles where it was made'

type ListPage = (
  context: OperationContext,
  request: ApiRequest,
  page: { after?: string | undefined; limit: number },
) => Promise<BillingRequestView[]>

const listOf = (suffix: string, path: string, permission: string, list: ListPage): Operation<OperationContext> => ({
  ...common,
  id: `BillingRequests_ListBy${suffix}`,
  method: 'GET',
  path,
  statuses: [200],
  permission,
  summary: 'What people of associated tenants were asked.',
  query: {
    top: 'optional',
    filter: 'unsupported',
    orderBy: 'unsupported',
    skip: 'unsupported',
    count: 'unsupported',
    search: 'unsupported',
  },
  async handle(context, request) {
    const { after, top } = readPage(request)
    const listed = await list(context, request, { after, limit: top + 1 })
    const { rows, next } = splitPage(listed, top, (one) => one.name)
    return ok(toPage(request, rows.map(toWireRequest), next))
  },
})

const atScope: ListPage = (context, request, page) =>
  listRequestsAt(
    context,
    {
      account: pathParameter(request, 'billingAccountName'),
      profile: request.params.billingProfileName,
      section: request.params.invoiceSectionName,
    },
    page,
  )

export const billingRequestOperations: readonly Operation<OperationContext>[] = [
  listOf('User', root, 'any signed-in caller; only the own', (context, _request, page) =>
    listRequestsOfCaller(context, page),
  ),
  listOf('BillingAccount', `${account}/billingRequests`, 'A1 View role assignments of the account', atScope),
  listOf('BillingProfile', `${profile}/billingRequests`, 'P1 View role assignments of the profile', atScope),
  listOf(
    'InvoiceSection',
    `${profile}/invoiceSections/{invoiceSectionName}/billingRequests`,
    'S1 View role assignments of the section',
    atScope,
  ),
  {
    ...common,
    id: 'BillingRequests_Get',
    method: 'GET',
    path: `${root}/{billingRequestName}`,
    statuses: [200],
    permission: concerned,
    summary: 'What somebody of an associated tenant was asked.',
    async handle(context, request) {
      return ok(toWireRequest(await getRequest(context, nameOf(request))))
    },
  },
  {
    ...common,
    id: 'BillingRequests_CreateOrUpdate',
    method: 'PUT',
    path: `${root}/{billingRequestName}`,
    statuses: [200],
    permission: 'who was asked approves or declines; who may give roles there cancels',
    summary: 'Answers what was asked. Requests are made by what needs them.',
    body: requestBody,
    async handle(context, request) {
      const { status, decisionReason } = parseBody(request, requestBody).properties
      const answered = await answerRequest(context, nameOf(request), { status, reason: decisionReason })
      return ok(toWireRequest(await viewOf(context, answered)))
    },
  },
]

const nameOf = (request: ApiRequest): string => pathParameter(request, 'billingRequestName')
