import type { BillingTask } from '../domain/access/billing-roles.ts'
import type { BillingScope } from '../domain/billing/billing-ids.ts'
import { requestStatusAt } from '../domain/billing/billing-request.ts'
import { type BillingAccount, findBillingAccount } from '../store/billing-account.ts'
import { type BillingRequest, listBillingRequests } from '../store/billing-request.ts'
import { requireKnownRequest } from './answer-billing-request.ts'
import { isGlobalAdministrator } from './authorize.ts'
import { requireBillingScope } from './billing-access.ts'
import type { OperationContext } from './context.ts'

/** A request in the state that holds now, with the account that it is about. */
export interface BillingRequestView extends BillingRequest {
  readonly accountDisplayName: string
}

/** What the caller was asked and may answer, or asked for (BillingRequests_ListByUser). */
export async function listRequestsOfCaller(
  context: OperationContext,
  page: { after?: string | undefined; limit: number },
): Promise<BillingRequestView[]> {
  const { caller } = context
  const isAdministrator = await isGlobalAdministrator(context, caller.tenantId)
  const administratedTenantId = isAdministrator ? caller.tenantId : undefined
  const of = { principalId: caller.objectId, administratedTenantId }
  return viewsOf(context, await listBillingRequests(context.db, of, page))
}

/** What was asked for at a scope or below it, for whoever sees the roles there. */
export async function listRequestsAt(
  context: OperationContext,
  scope: BillingScope,
  page: { after?: string | undefined; limit: number },
): Promise<BillingRequestView[]> {
  const view: BillingTask = scope.section !== undefined ? 'S1' : scope.profile !== undefined ? 'P1' : 'A1'
  const id = await requireBillingScope(context, view, scope)
  const account = await findBillingAccount(context.db, scope.account)
  const of = { account: account?.name ?? scope.account, scope: id }
  return viewsOf(context, await listBillingRequests(context.db, of, page))
}

export async function getRequest(context: OperationContext, name: string): Promise<BillingRequestView> {
  return viewOf(context, await requireKnownRequest(context, name))
}

export async function viewOf(context: OperationContext, request: BillingRequest): Promise<BillingRequestView> {
  const account: BillingAccount | undefined = await findBillingAccount(context.db, request.account)
  const status = requestStatusAt(request, context.now)
  return { ...request, status, accountDisplayName: account?.displayName ?? request.account }
}

const viewsOf = (context: OperationContext, requests: readonly BillingRequest[]): Promise<BillingRequestView[]> =>
  Promise.all(requests.map((request) => viewOf(context, request)))
