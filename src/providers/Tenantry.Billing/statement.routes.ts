import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { readStatements } from '../../operations/read-statement.ts'

export const statementOperations: readonly Operation<OperationContext>[] = [
  {
    id: 'Statements_Get',
    method: 'GET',
    path: '{scope}/providers/Tenantry.Billing/statements/{period}',
    apiVersions: ['2026-11-01'],
    authentication: 'bearer',
    statuses: [200],
    permission: 'P9 at a profile; S8 at a section; Microsoft.Consumption/usageDetails/read at a subscription',
    summary: "A month's costs of a profile, a section or a subscription, estimated until they are invoiced.",
    async handle(context, request) {
      const scope = pathParameter(request, 'scope')
      const period = pathParameter(request, 'period')
      const statements = await readStatements(context, scope, period)
      return ok({
        id: `${scope}/providers/Tenantry.Billing/statements/${period}`,
        name: period,
        type: 'Tenantry.Billing/statements',
        properties: { period, estimated: statements.some((statement) => statement.isEstimated), statements },
      })
    },
  },
]
