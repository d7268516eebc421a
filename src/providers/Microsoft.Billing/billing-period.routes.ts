import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getSubscriptionPeriod, listSubscriptionPeriods } from '../../operations/read-billing-period.ts'
import { periodNameOf, toWirePeriod } from './billing-period.wire.ts'

const common = { apiVersions: ['2018-03-01-preview'], authentication: 'bearer' } as const
const path = '/subscriptions/{subscriptionId}/providers/Microsoft.Billing/billingPeriods'
const permission = 'Microsoft.Billing/billingPeriods/read'

export const billingPeriodOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'BillingPeriods_List',
    method: 'GET',
    path,
    statuses: [200],
    permission,
    summary: 'The months of a subscription, the latest first, with the invoices that the caller may see.',
    query: { $filter: 'unsupported', $top: 'optional', $skiptoken: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const periods = await listSubscriptionPeriods(context, pathParameter(request, 'subscriptionId'))
      const rest = after === undefined ? periods : periods.filter(({ period }) => period < after)
      const { rows, next } = splitPage(rest, top, ({ period }) => period)
      return ok(toPage(request, rows.map(toWirePeriod), next))
    },
  },
  {
    ...common,
    id: 'BillingPeriods_Get',
    method: 'GET',
    path: `${path}/{billingPeriodName}`,
    statuses: [200],
    permission,
    summary: 'A month of a subscription.',
    async handle(context, request) {
      const name = pathParameter(request, 'billingPeriodName')
      const id = pathParameter(request, 'subscriptionId')
      return ok(
        toWirePeriod(await getSubscriptionPeriod(context, id, name, ({ period }) => periodNameOf(period) === name)),
      )
    },
  },
]
