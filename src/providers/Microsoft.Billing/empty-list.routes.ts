import { type BillingTask, describeBillingTask } from '../../domain/access/billing-roles.ts'
import type { BillingScope } from '../../domain/billing/billing-ids.ts'
import { notFound } from '../../domain/refusal.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { requireBillingScope } from '../../operations/billing-access.ts'
import type { OperationContext } from '../../operations/context.ts'

const common = { apiVersions: ['2020-05-01'], authentication: 'bearer', method: 'GET', statuses: [200] } as const
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`

const reservationQuery = {
  $filter: 'optional',
  $orderby: 'optional',
  refreshSummary: 'optional',
  selectedState: 'optional',
} as const

/** What Azure has beside and is not here is an empty list for whoever may look at it; a bought reservation is a product. */
export const emptyListOperations: readonly Operation<OperationContext>[] = [
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
    summary: 'Empty: there are none here.',
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
    summary: `Always absent: there is no ${what} here.`,
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
