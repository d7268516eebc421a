import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { readPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { listUsageDetails } from '../../operations/read-cost.ts'
import { apiVersions, listOf } from './request.ts'
import { type Expanded, toWireUsageDetail } from './usage-detail.wire.ts'

const pageSizes = { default: 1000, largest: 5000 }

export const usageDetailOperations: readonly Operation<OperationContext>[] = [
  {
    id: 'UsageDetails_List',
    method: 'GET',
    path: '{scope}/providers/Microsoft.Consumption/usageDetails',
    apiVersions,
    authentication: 'bearer',
    statuses: [200],
    permission: 'Microsoft.Consumption/usageDetails/read, or A9, P9 or S8 of the billing roles',
    summary: 'What usage costs, a row for each day, meter and resource; estimated until the invoice is there.',
    query: { $filter: 'optional', $expand: 'optional', $top: 'optional', metric: 'optional', $apply: 'unsupported' },
    async handle(context, request) {
      const scope = pathParameter(request, 'scope')
      const { after, top } = readPage(request, pageSizes)
      const expanded = expandedOf(request)
      const query = { scope, filter: queryValue(request, '$filter'), metric: queryValue(request, 'metric') }
      const { items, next } = await listUsageDetails(context, query, { after, limit: top })
      return ok(
        toPage(
          request,
          items.map((item) => toWireUsageDetail(scope, item, expanded)),
          next,
        ),
      )
    },
  },
]

function expandedOf(request: ApiRequest): Expanded {
  const wanted = listOf(queryValue(request, '$expand'))
  const known = ['properties/meterdetails', 'properties/additionalinfo', 'meterdetails', 'additionalinfo']
  const unknown = wanted.find((part) => !known.includes(part))
  if (unknown !== undefined)
    throw invalid(
      'InvalidExpand',
      `There is no '${unknown}' to expand. Use properties/meterDetails or properties/additionalInfo.`,
      '$expand',
    )
  return {
    meterDetails: wanted.some((part) => part.endsWith('meterdetails')),
    additionalInfo: wanted.some((part) => part.endsWith('additionalinfo')),
  }
}
