import { billingAccountId, billingProfileId } from '../../domain/billing/billing-ids.ts'
import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { authorizeBalance, authorizeCredit } from '../../operations/read-cost-credit.ts'
import { amountOf } from './money.wire.ts'
import { apiVersions } from './request.ts'

const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountId}'
const profile = `${account}/billingProfiles/{billingProfileId}`
const common = { method: 'GET', apiVersions, authentication: 'bearer', statuses: [200] } as const
const ofAccount = { ...common, permission: 'A9 Download invoices, usage and price sheets of the account' } as const
const ofProfile = { ...common, permission: 'P17 Track the credit balance' } as const

/** Nothing is paid in advance and no credits are given, and this is what that looks like. */
export const balanceOperations: readonly Operation<OperationContext>[] = [
  {
    ...ofAccount,
    id: 'Balances_GetByBillingAccount',
    path: `${account}/providers/Microsoft.Consumption/balances`,
    summary: 'The prepaid balance of an account, which is zero.',
    async handle(context, request) {
      return ok(toWireBalance(await authorizeBalance(context, pathParameter(request, 'billingAccountId'))))
    },
  },
  {
    ...ofAccount,
    id: 'Balances_GetForBillingPeriodByBillingAccount',
    path: `${account}/billingPeriods/{billingPeriodName}/providers/Microsoft.Consumption/balances`,
    summary: 'The prepaid balance of an account in a month, which is zero.',
    async handle(context, request) {
      const period = pathParameter(request, 'billingPeriodName')
      return ok(toWireBalance(await authorizeBalance(context, pathParameter(request, 'billingAccountId'), period)))
    },
  },
  {
    ...ofAccount,
    id: 'Events_ListByBillingAccount',
    path: `${account}/providers/Microsoft.Consumption/events`,
    summary: 'What changed the balance of an account: nothing.',
    query: { $filter: 'optional' },
    async handle(context, request) {
      await authorizeBalance(context, pathParameter(request, 'billingAccountId'))
      return ok({ value: [] })
    },
  },
  {
    ...ofAccount,
    id: 'Lots_ListByBillingAccount',
    path: `${account}/providers/Microsoft.Consumption/lots`,
    summary: 'The credits of an account: none.',
    query: { $filter: 'optional' },
    async handle(context, request) {
      await authorizeBalance(context, pathParameter(request, 'billingAccountId'))
      return ok({ value: [] })
    },
  },
  {
    ...ofProfile,
    id: 'Credits_Get',
    path: `${profile}/providers/Microsoft.Consumption/credits/balanceSummary`,
    summary: 'The credit of a profile, which is zero.',
    async handle(context, request) {
      const accountName = pathParameter(request, 'billingAccountId')
      const found = await authorizeCredit(context, accountName, pathParameter(request, 'billingProfileId'))
      const zero = amountOf('0', found.currency)
      return ok({
        id: `${billingProfileId(found.billingAccountName, found.name)}/providers/Microsoft.Consumption/credits/balanceSummary`,
        name: 'balanceSummary',
        type: 'Microsoft.Consumption/credits/balanceSummary',
        properties: {
          balanceSummary: {
            estimatedBalance: zero,
            currentBalance: zero,
            estimatedBalanceInBillingCurrency: { ...zero, exchangeRate: 1 },
          },
          pendingCreditAdjustments: zero,
          expiredCredit: zero,
          pendingEligibleCharges: zero,
          creditCurrency: found.currency,
          billingCurrency: found.currency,
        },
      })
    },
  },
  {
    ...ofProfile,
    id: 'Events_ListByBillingProfile',
    path: `${profile}/providers/Microsoft.Consumption/events`,
    summary: 'What changed the credit of a profile: nothing.',
    query: { startDate: 'required', endDate: 'required' },
    async handle(context, request) {
      await authorizeCredit(
        context,
        pathParameter(request, 'billingAccountId'),
        pathParameter(request, 'billingProfileId'),
      )
      return ok({ value: [] })
    },
  },
  {
    ...ofProfile,
    id: 'Lots_ListByBillingProfile',
    path: `${profile}/providers/Microsoft.Consumption/lots`,
    summary: 'The credits of a profile: none.',
    async handle(context, request) {
      await authorizeCredit(
        context,
        pathParameter(request, 'billingAccountId'),
        pathParameter(request, 'billingProfileId'),
      )
      return ok({ value: [] })
    },
  },
]

function toWireBalance({ name, currency }: { readonly name: string; readonly currency: string }) {
  return {
    id: `${billingAccountId(name)}/providers/Microsoft.Consumption/balances`,
    name: 'balances',
    type: 'Microsoft.Consumption/balances',
    properties: {
      currency,
      beginningBalance: 0,
      endingBalance: 0,
      newPurchases: 0,
      adjustments: 0,
      utilized: 0,
      chargesBilledSeparately: 0,
      azureMarketplaceServiceCharges: 0,
      billingFrequency: 'Month',
      priceHidden: false,
      newPurchasesDetails: [],
      adjustmentDetails: [],
    },
  }
}
