import { invalid } from '../../domain/refusal.ts'
import { nameOfPeriod } from '../../domain/billing/cost-window.ts'
import {
  type ApiRequest,
  type ApiResponse,
  type Operation,
  ok,
  pathParameter,
  queryValue,
} from '../../http/operation.ts'
import { nextLinkOf, readPage, splitPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { readPriceSheet } from '../../operations/read-cost-prices.ts'
import { toWirePrices } from './price-sheet.wire.ts'
import { apiVersions, listOf } from './request.ts'

const common = {
  method: 'GET',
  apiVersions,
  authentication: 'bearer',
  statuses: [200],
  permission: 'P9 of the billing roles; of a stand-alone account also Microsoft.Consumption/pricesheets/read',
  query: { $expand: 'optional', $top: 'optional' },
} as const

export const priceSheetOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'PriceSheet_Get',
    path: '/subscriptions/{subscriptionId}/providers/Microsoft.Consumption/pricesheets/default',
    summary: 'The prices by which the usage of a subscription is rated now.',
    handle: (context, request) => priceSheet(context, request, undefined),
  },
  {
    ...common,
    id: 'PriceSheet_GetByBillingPeriod',
    path: '/subscriptions/{subscriptionId}/providers/Microsoft.Billing/billingPeriods/{billingPeriodName}/providers/Microsoft.Consumption/pricesheets/default',
    summary: 'The prices by which the usage of a subscription is rated from the start of a month on.',
    handle: (context, request) => priceSheet(context, request, pathParameter(request, 'billingPeriodName')),
  },
]

async function priceSheet(
  context: OperationContext,
  request: ApiRequest,
  periodName: string | undefined,
): Promise<ApiResponse> {
  const subscriptionId = pathParameter(request, 'subscriptionId').toLowerCase()
  const { after, top } = readPage(request, { default: 1000 })
  const withDetails = expandsDetails(request)
  const { period, prices } = await readPriceSheet(context, subscriptionId, periodName)
  const rest = prices.filter(({ entry }) => after === undefined || entry.meterId > after)
  const { rows, next } = splitPage(rest, top, ({ entry }) => entry.meterId)
  const nextLink = nextLinkOf(request, next)
  const periodId = `/subscriptions/${subscriptionId}/providers/Microsoft.Billing/billingPeriods/${nameOfPeriod(period)}`
  return ok({
    id: `${periodId}/providers/Microsoft.Consumption/pricesheets/default`,
    name: 'default',
    type: 'Microsoft.Consumption/pricesheets',
    properties: {
      pricesheets: rows.flatMap((price) =>
        toWirePrices(price, withDetails).map((wire) => ({ billingPeriodId: periodId, ...wire })),
      ),
      ...(nextLink === undefined ? {} : { nextLink }),
    },
  })
}

function expandsDetails(request: ApiRequest): boolean {
  const wanted = listOf(queryValue(request, '$expand'))
  const unknown = wanted.find((part) => part !== 'meterdetails' && part !== 'properties/meterdetails')
  if (unknown === undefined) return wanted.length > 0
  throw invalid('InvalidExpand', `There is no '${unknown}' to expand. Use properties/meterDetails.`, '$expand')
}
