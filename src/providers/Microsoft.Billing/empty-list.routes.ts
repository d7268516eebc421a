import { type BillingTask, describeBillingTask } from '../../domain/access/billing-roles.ts'
import type { BillingScope } from '../../domain/billing/billing-ids.ts'
import { notFound } from '../../domain/refusal.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { requireBillingScope } from '../../operations/billing-access.ts'
import type { OperationContext } from '../../operations/context.ts'

const common = { apiVersions: ['2020-05-01'], authentication: 'bearer', method: 'GET', statuses: [200] } as const
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`
const section = `${profile}/invoiceSections/{invoiceSectionName}`

const filters = { $filter: 'optional', $search: 'optional' } as const
const reservationQuery = {
  $filter: 'optional',
  $orderby: 'optional',
  refreshSummary: 'optional',
  selectedState: 'optional',
} as const

/** Usage is all that is sold here. What else Azure sells is an empty list for whoever may look at it. */
export const emptyListOperations: readonly Operation<OperationContext>[] = [
  emptyList('Products_ListByBillingAccount', `${account}/products`, 'A10', filters),
  emptyList('Products_ListByBillingProfile', `${profile}/products`, 'P12', filters),
  emptyList('Products_ListByInvoiceSection', `${section}/products`, 'S5', filters),
  absent('Products_Get', `${account}/products/{name}`, 'A10', 'ProductNotFound', 'product'),
  emptyList('Reservations_ListByBillingAccount', `${account}/reservations`, 'A10', reservationQuery),
  emptyList('Reservations_ListByBillingProfile', `${profile}/reservations`, 'P12', reservationQuery),
  emptyList('Instructions_ListByBillingProfile', `${profile}/instructions`, 'P3', {}),
  absent('Instructions_Get', `${profile}/instructions/{name}`, 'P3', 'InstructionNotFound', 'instruction'),
]

function emptyList(
  id: string,
  path: string,
  task: BillingTask,
  query: Readonly<Record<string, 'optional'>>,
): Operation<OperationContext> {
  return {
    ...common,
    id,
    path,
    permission: `${task} ${describeBillingTask(task)}`,
    summary: 'Empty: only usage is sold here.',
    query,
    async handle(context, request) {
      await requireBillingScope(context, task, scopeOf(request))
      return ok({ value: [] })
    },
  }
}

function absent(id: string, path: string, task: BillingTask, code: string, what: string): Operation<OperationContext> {
  return {
    ...common,
    id,
    path,
    permission: `${task} ${describeBillingTask(task)}`,
    summary: `Always absent: there is no ${what} here, only usage is sold.`,
    async handle(context, request) {
      await requireBillingScope(context, task, scopeOf(request))
      throw notFound(code, `The ${what} '${pathParameter(request, 'name')}' could not be found.`)
    },
  }
}

const scopeOf = (request: ApiRequest): BillingScope => ({
  account: pathParameter(request, 'billingAccountName'),
  profile: request.params.billingProfileName,
  section: request.params.invoiceSectionName,
})
