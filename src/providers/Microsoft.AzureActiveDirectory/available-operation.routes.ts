import { type Operation, ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'

const described = [
  ['b2cDirectories/read', 'Reads the link of an identity tenant'],
  ['b2cDirectories/write', 'Links an identity tenant, creates one, or changes its link'],
  ['b2cDirectories/delete', 'Removes the link of an identity tenant, and nothing else of it'],
  ['b2cDirectories/changeBillingModel/action', 'Changes the link to monthly active users, for good'],
  ['checkNameAvailability/action', 'Asks whether an initial domain is free'],
  ['guestUsages/read', "Reads the link of a workforce tenant's guests"],
  ['guestUsages/write', "Links a workforce tenant's guests"],
  ['guestUsages/delete', "Removes the link of a workforce tenant's guests"],
  ['b2ctenants/read', 'Lists the identity tenants that the caller could link'],
  ['operations/read', 'Lists these operations'],
] as const

export const availableOperations: readonly Operation<OperationContext>[] = [
  {
    id: 'Operations_List',
    method: 'GET',
    path: '/providers/Microsoft.AzureActiveDirectory/operations',
    apiVersions: ['2021-04-01', '2019-01-01-preview', '2023-01-18-preview'],
    statuses: [200],
    authentication: 'bearer',
    permission: 'any caller',
    summary: 'The operations of this namespace, as roles name them.',
    async handle() {
      return ok({
        value: described.map(([name, description]) => ({
          name: `Microsoft.AzureActiveDirectory/${name}`,
          display: {
            provider: 'Microsoft Azure Active Directory',
            resource: name.split('/')[0],
            operation: name,
            description,
          },
          isDataAction: false,
          origin: 'user,system',
        })),
      })
    },
  },
]
