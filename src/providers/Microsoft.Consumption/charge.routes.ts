import { type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { authorizeCostReader, listCostTags } from '../../operations/read-cost.ts'
import { listCharges } from '../../operations/read-cost-charges.ts'
import { toWireCharge } from './charge.wire.ts'
import { apiVersions } from './request.ts'

const common = { method: 'GET', apiVersions, authentication: 'bearer', statuses: [200] } as const
const roles = 'or A9, P9 or S8 of the billing roles'

export const chargeOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Charges_List',
    path: '{scope}/providers/Microsoft.Consumption/charges',
    permission: `Microsoft.Consumption/charges/read, ${roles}`,
    summary: 'What each section is charged in each month, in one answer, because its clients follow no next page.',
    query: { startDate: 'optional', endDate: 'optional', $filter: 'optional', $apply: 'unsupported' },
    async handle(context, request) {
      const scope = pathParameter(request, 'scope')
      const charges = await listCharges(context, {
        scope,
        filter: queryValue(request, '$filter'),
        startDate: queryValue(request, 'startDate'),
        endDate: queryValue(request, 'endDate'),
      })
      return ok({ value: charges.map((charge) => toWireCharge(scope, charge)) })
    },
  },
  {
    ...common,
    id: 'Tags_Get',
    path: '{scope}/providers/Microsoft.Consumption/tags',
    permission: `Microsoft.Consumption/tags/read, ${roles}`,
    summary: 'The tags of what costs something this month.',
    async handle(context, request) {
      const scope = pathParameter(request, 'scope')
      const tags = [...(await listCostTags(context, scope))].toSorted(([a], [b]) => (a < b ? -1 : 1))
      return ok({
        id: `${scope}/providers/Microsoft.Consumption/tags`,
        name: 'tags',
        type: 'Microsoft.Consumption/tags',
        properties: { tags: tags.map(([key, values]) => ({ key, value: [...values].toSorted() })) },
      })
    },
  },
  {
    ...common,
    id: 'Marketplaces_List',
    path: '{scope}/providers/Microsoft.Consumption/marketplaces',
    permission: `Microsoft.Consumption/marketplaces/read, ${roles}`,
    summary: 'Nothing: there is no marketplace.',
    query: { $filter: 'optional', $top: 'optional' },
    async handle(context, request) {
      const scope = pathParameter(request, 'scope')
      await authorizeCostReader(context, scope, 'Microsoft.Consumption/marketplaces/read')
      return ok({ value: [] })
    },
  },
]
