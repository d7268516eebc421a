import { type Operation, ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'

const described = [
  ['billingAccounts', 'read', 'Reads billing accounts'],
  ['billingAccounts', 'write', 'Changes the name and the sold-to address of a billing account'],
  ['billingAccounts/billingProfiles', 'read', 'Reads billing profiles'],
  ['billingAccounts/billingProfiles', 'write', 'Creates and changes billing profiles'],
  ['billingAccounts/billingProfiles/invoiceSections', 'read', 'Reads invoice sections'],
  ['billingAccounts/billingProfiles/invoiceSections', 'write', 'Creates and changes invoice sections'],
  ['billingAccounts/billingSubscriptions', 'read', 'Reads who pays for subscriptions'],
  ['billingAccounts/billingSubscriptions', 'move/action', 'Lets another invoice section pay for a subscription'],
  ['billingAccounts/invoices', 'read', 'Reads invoices'],
  ['billingAccounts/invoices', 'download/action', 'Downloads the documents of an invoice'],
  ['billingAccounts/billingRoleAssignments', 'read', 'Reads who holds billing roles'],
  ['billingAccounts/billingRoleAssignments', 'delete', 'Revokes billing roles'],
  ['billingAccounts/createBillingRoleAssignment', 'action', 'Grants billing roles'],
  ['billingProperty', 'read', 'Reads who pays for a subscription'],
  ['billingProperty', 'write', 'Changes the cost centre of a subscription'],
  ['operations', 'read', 'Lists these operations'],
] as const

export const availableOperations: readonly Operation<OperationContext>[] = [
  {
    id: 'Operations_List',
    method: 'GET',
    path: '/providers/Microsoft.Billing/operations',
    apiVersions: ['2020-05-01', '2024-04-01'],
    statuses: [200],
    authentication: 'bearer',
    permission: 'any caller',
    summary: 'The operations of this namespace.',
    async handle() {
      return ok({
        value: described.map(([resource, operation, description]) => ({
          name: `Microsoft.Billing/${resource}/${operation}`,
          isDataAction: false,
          display: { provider: 'Microsoft Billing', resource, operation, description },
        })),
      })
    },
  },
]
