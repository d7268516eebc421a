import { billingProfileId, customerId } from '../../domain/billing/billing-ids.ts'
import { type ApiRequest, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import {
  type BillingCustomer,
  getBillingCustomer,
  listBillingCustomers,
  listSubscriptionsOfCustomer,
} from '../../operations/billing-customer.ts'
import type { OperationContext } from '../../operations/context.ts'
import { keyOfCustomer } from '../../operations/read-customer.ts'
import { toWireSubscription } from './billing-subscription.wire.ts'

const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`
const common = { authentication: 'bearer', method: 'GET', statuses: [200] } as const
const both = ['2020-05-01', '2024-04-01'] as const
const newer = ['2024-04-01'] as const
const ofAccount = 'A3 View account properties and agreements'
const ofProfile = 'P3 View profile properties'
const listQuery = {
  $search: 'optional',
  $filter: 'unsupported',
  search: 'optional',
  filter: 'unsupported',
  orderBy: 'unsupported',
  skip: 'unsupported',
  count: 'unsupported',
} as const

/** A partner's customers as its billing account has them; their name is the id of their tenant. */
export const customerOperations: readonly Operation<OperationContext>[] = [
  list('Customers_ListByBillingAccount', `${account}/customers`, ofAccount),
  list('Customers_ListByBillingProfile', `${profile}/customers`, ofProfile),
  get('Customers_Get', ['2020-05-01'], `${account}/customers/{customerName}`, ofAccount),
  get('Customers_GetByBillingAccount', newer, `${account}/customers/{customerName}`, ofAccount),
  get('Customers_GetByBillingProfile', newer, `${profile}/customers/{customerName}`, ofProfile),
  {
    ...common,
    id: 'BillingSubscriptions_ListByCustomer',
    apiVersions: ['2020-05-01'],
    path: `${account}/customers/{customerName}/billingSubscriptions`,
    permission: ofAccount,
    summary: 'The subscriptions that are billed to the partner for this customer.',
    async handle(context, request) {
      const { after, top } = readPage(request)
      const name = pathParameter(request, 'customerName')
      const listed = await listSubscriptionsOfCustomer(context, scopeOf(request), name, { after, limit: top + 1 })
      const { rows, next } = splitPage(listed, top, (subscription) => subscription.subscriptionId)
      return ok(
        toPage(
          request,
          rows.map((row) => toWireSubscription(row, request.apiVersion)),
          next,
        ),
      )
    },
  },
]

function list(id: string, path: string, permission: string): Operation<OperationContext> {
  return {
    ...common,
    id,
    apiVersions: both,
    path,
    permission,
    summary: "A partner's customers by name; of other accounts an empty list.",
    query: listQuery,
    async handle(context, request) {
      const { after, top } = readPage(request)
      const search = queryValue(request, '$search') ?? queryValue(request, 'search')
      const filter = search === undefined ? {} : { companyNamePrefix: search.replace(/^"|"$/g, '') }
      const listed = await listBillingCustomers(context, scopeOf(request), filter, { after, limit: top + 1 })
      const { rows, next } = splitPage(listed, top, ({ customer }) => keyOfCustomer(customer))
      return ok(
        toPage(
          request,
          rows.map((row) => toWireCustomer(row, request)),
          next,
        ),
      )
    },
  }
}

function get(
  id: string,
  apiVersions: readonly string[],
  path: string,
  permission: string,
): Operation<OperationContext> {
  return {
    ...common,
    id,
    apiVersions,
    path,
    permission,
    summary: "One of a partner's customers.",
    query: { $expand: 'optional' },
    async handle(context, request) {
      const found = await getBillingCustomer(context, scopeOf(request), pathParameter(request, 'customerName'))
      return ok(toWireCustomer(found, request))
    },
  }
}

const scopeOf = (request: ApiRequest) => ({
  account: pathParameter(request, 'billingAccountName'),
  profile: request.params.billingProfileName,
})

function toWireCustomer(found: BillingCustomer, request: ApiRequest) {
  const { customer } = found
  const isNewer = request.apiVersion === '2024-04-01'
  return {
    id: customerId(found.account, customer.tenantId),
    name: customer.tenantId,
    type: 'Microsoft.Billing/billingAccounts/customers',
    properties: {
      displayName: customer.companyName,
      ...(found.profile === null ? {} : { billingProfileId: billingProfileId(found.account, found.profile) }),
      enabledAzurePlans: found.enabledPlans,
      resellers: [],
      ...(isNewer ? { systemId: customer.tenantId, status: customer.isRelated ? 'Active' : 'Inactive' } : {}),
    },
  }
}
