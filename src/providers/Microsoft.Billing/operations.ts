import type { Operation } from '../../http/operation.ts'
import { ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { agreementOperations } from './agreement.routes.ts'
import { associatedTenantOperations } from './associated-tenant.routes.ts'
import { billingAccountOperations } from './billing-account.routes.ts'
import { billingPeriodOperations } from './billing-period.routes.ts'
import { billingProfileOperations } from './billing-profile.routes.ts'
import { billingRequestOperations } from './billing-request.routes.ts'
import { billingRoleOperations } from './billing-role.routes.ts'
import { billingSubscriptionOperations } from './billing-subscription.routes.ts'
import { customerOperations } from './customer.routes.ts'
import { emptyListOperations } from './empty-list.routes.ts'
import { invoiceOperations } from './invoice.routes.ts'
import { invoiceDownloadOperations } from './invoice-download.routes.ts'
import { invoiceSectionOperations } from './invoice-section.routes.ts'
import { paymentMethodOperations } from './payment-method.routes.ts'
import { productPurchaseOperations } from './product-purchase.routes.ts'
import { productOperations } from './product.routes.ts'
import { partnerTransferOperations } from './partner-transfer.routes.ts'
import { transferOperations } from './transfer.routes.ts'

const served: readonly Operation<OperationContext>[] = [
  ...billingAccountOperations,
  ...billingProfileOperations,
  ...invoiceSectionOperations,
  ...paymentMethodOperations,
  ...billingRoleOperations,
  ...associatedTenantOperations,
  ...billingRequestOperations,
  ...billingSubscriptionOperations,
  ...productOperations,
  ...productPurchaseOperations,
  ...transferOperations,
  ...partnerTransferOperations,
  ...invoiceOperations,
  ...invoiceDownloadOperations,
  ...agreementOperations,
  ...billingPeriodOperations,
  ...customerOperations,
  ...emptyListOperations,
]

export const operations: readonly Operation<OperationContext>[] = [
  ...served,
  {
    id: 'Operations_List',
    method: 'GET',
    path: '/providers/Microsoft.Billing/operations',
    apiVersions: ['2020-05-01', '2024-04-01'],
    authentication: 'bearer',
    statuses: [200],
    permission: 'any signed-in caller',
    summary: 'What this provider can do.',
    async handle() {
      return ok({
        value: served.map((operation) => ({
          name: `Microsoft.Billing/${operation.id.replace('_', '/')}`,
          isDataAction: false,
          display: {
            provider: 'Microsoft.Billing',
            resource: operation.id.split('_')[0],
            operation: operation.id.split('_')[1],
            description: operation.summary,
          },
        })),
      })
    },
  },
]
