import { type Operation, ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { apiVersions } from './request.ts'

const described = [
  ['usageDetails/read', 'Reads what usage costs'],
  ['charges/read', 'Reads what each month is charged'],
  ['tags/read', 'Reads the tags of what costs something'],
  ['marketplaces/read', 'Reads what was bought in a marketplace'],
  ['pricesheets/read', 'Reads the prices of a subscription'],
  ['balances/read', 'Reads the prepaid balance'],
  ['credits/read', 'Reads the credit of a billing profile'],
  ['events/read', 'Reads what changed a balance'],
  ['lots/read', 'Reads the credits'],
  ['operations/read', 'Lists these operations'],
] as const

export const availableOperations: readonly Operation<OperationContext>[] = [
  {
    id: 'Operations_List',
    method: 'GET',
    path: '/providers/Microsoft.Consumption/operations',
    apiVersions,
    statuses: [200],
    authentication: 'bearer',
    permission: 'any caller',
    summary: 'The operations of this namespace, as roles name them.',
    async handle() {
      return ok({
        value: described.map(([name, description]) => ({
          id: `/providers/Microsoft.Consumption/operations/${name}`,
          name: `Microsoft.Consumption/${name}`,
          display: {
            provider: 'Microsoft Consumption',
            resource: name.split('/')[0],
            operation: name,
            description,
          },
        })),
      })
    },
  },
]
