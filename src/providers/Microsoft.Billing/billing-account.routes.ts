import { billingProfileId, invoiceSectionId } from '../../domain/billing/billing-ids.ts'
import { parseBody } from '../../http/body.ts'
import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import { getAccount, listAccounts, updateAccount } from '../../operations/change-billing-account.ts'
import { listSectionsToCreateIn, type SectionView } from '../../operations/change-invoice-section.ts'
import type { OperationContext } from '../../operations/context.ts'
import { findNewProfileWarning } from '../../operations/new-profile-warning.ts'
import { accountBody, fromWireAccount, readExpansion, toWireAccount } from './billing-account.wire.ts'

const common = { apiVersions: ['2020-05-01', '2024-04-01'], authentication: 'bearer' } as const
const path = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'

export const billingAccountOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'BillingAccounts_List',
    method: 'GET',
    path: '/providers/Microsoft.Billing/billingAccounts',
    statuses: [200],
    permission: 'any billing role; only accounts of the caller are listed',
    summary: 'The billing accounts that the caller has a role in.',
    query: { $expand: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const views = await listAccounts(context, readExpansion(request), { after, limit: top + 1 })
      const { rows, next } = splitPage(views, top, (view) => view.account.name)
      return ok(toPage(request, rows.map(toWireAccount), next))
    },
  },
  {
    ...common,
    id: 'BillingAccounts_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'A3 View account properties and agreements',
    summary: 'A billing account.',
    query: { $expand: 'optional' },
    async handle(context, request) {
      const name = pathParameter(request, 'billingAccountName')
      return ok(toWireAccount(await getAccount(context, name, readExpansion(request))))
    },
  },
  {
    ...common,
    id: 'BillingAccounts_Update',
    method: 'PATCH',
    path,
    statuses: [200],
    permission: 'A4 Update account properties',
    summary: 'Changes the name, the sold-to address or the address for notices.',
    body: accountBody,
    async handle(context, request) {
      const change = fromWireAccount(parseBody(request, accountBody))
      return ok(toWireAccount(await updateAccount(context, pathParameter(request, 'billingAccountName'), change)))
    },
  },
  {
    ...common,
    id: 'BillingAccounts_ListInvoiceSectionsByCreateSubscriptionPermission',
    method: 'POST',
    path: `${path}/listInvoiceSectionsWithCreateSubscriptionPermission`,
    statuses: [200],
    permission: 'S9 Create a subscription through the section; only those are listed',
    summary: 'The sections that the caller may have new subscriptions billed to.',
    async handle(context, request) {
      // One page, because the SDKs would fetch the next one of this POST by GET.
      const views = await listSectionsToCreateIn(context, pathParameter(request, 'billingAccountName'))
      return ok({ value: views.map(toWireSectionToCreateIn) })
    },
  },
  {
    ...common,
    apiVersions: ['2026-11-01'],
    id: 'BillingAccounts_ListNewProfileWarnings',
    method: 'GET',
    path: `${path}/providers/Tenantry.Billing/newProfileWarnings`,
    statuses: [200],
    permission: 'A6 Create a profile',
    summary: 'What a further billing profile would cost, to be shown before it is made.',
    async handle(context, request) {
      const warning = await findNewProfileWarning(context, pathParameter(request, 'billingAccountName'))
      return ok({ value: warning === undefined ? [] : [{ code: 'TiersArePerProfile', ...warning }] })
    },
  },
]

function toWireSectionToCreateIn({ access, profile, section }: SectionView) {
  const account = access.account.name
  return {
    invoiceSectionId: invoiceSectionId(account, profile.name, section.name),
    invoiceSectionDisplayName: section.displayName,
    invoiceSectionSystemId: section.systemId,
    billingProfileId: billingProfileId(account, profile.name),
    billingProfileDisplayName: profile.displayName,
    billingProfileStatus: profile.status,
    billingProfileSpendingLimit: 'Off',
    billingProfileSystemId: profile.systemId,
    enabledAzurePlans: profile.enabledPlans,
  }
}
