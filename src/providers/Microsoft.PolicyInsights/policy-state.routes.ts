import { type ApiRequest, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { nextLinkOf, readPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { readCompliance } from '../../operations/read-compliance.ts'
import { parsePolicyStateFilter, toWirePolicyState } from './policy-state.wire.ts'

const latest = 'providers/Microsoft.PolicyInsights/policyStates/latest/queryResults'
const common = {
  method: 'POST',
  apiVersions: ['2019-10-01', '2024-10-01'],
  statuses: [200],
  authentication: 'bearer',
  permission: 'Microsoft.PolicyInsights/policyStates/queryResults/read, or any role at the scope',
  query: {
    $filter: 'optional',
    $top: 'optional',
    $orderby: 'unsupported',
    $select: 'unsupported',
    $from: 'unsupported',
    $to: 'unsupported',
    $apply: 'unsupported',
  },
} as const

export const policyStateOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'PolicyStates_ListQueryResultsForSubscription',
    path: `/subscriptions/{subscriptionId}/${latest}`,
    summary: 'Whether the groups and resources of a subscription comply with the policies in force.',
    handle: (context, request) =>
      answer(context, request, `/subscriptions/${pathParameter(request, 'subscriptionId')}`),
  },
  {
    ...common,
    id: 'PolicyStates_ListQueryResultsForResourceGroup',
    path: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/${latest}`,
    summary: 'Whether a group and its resources comply with the policies in force.',
    handle: (context, request) =>
      answer(
        context,
        request,
        `/subscriptions/${pathParameter(request, 'subscriptionId')}/resourceGroups/${pathParameter(request, 'resourceGroupName')}`,
      ),
  },
]

async function answer(context: OperationContext, request: ApiRequest, scope: string) {
  const wanted = parsePolicyStateFilter(queryValue(request, '$filter'))
  const { after, top } = readPage(request, { default: 1000 })
  const page = await readCompliance(context, scope, { after, limit: top })
  const value = page.states
    .filter((state) => wanted(state.verdict))
    .map((state) => toWirePolicyState(state, context.now))
  const nextLink = nextLinkOf(request, page.next)
  return ok({ '@odata.count': value.length, ...(nextLink === undefined ? {} : { '@odata.nextLink': nextLink }), value })
}
