import { billingProfileId } from '../domain/billing/billing-ids.ts'
import { findNamedPeriod } from '../domain/billing/cost-window.ts'
import { type BillingPeriod, firstDayOf, periodOf, usageDayOf } from '../domain/rating/billing-period.ts'
import { getCurrency } from '../domain/rating/currency.ts'
import { compareTexts } from '../domain/rating/line-key.ts'
import { PriceBook, type PriceOfDay } from '../domain/rating/price-book.ts'
import { forbidden, invalid, notFound } from '../domain/refusal.ts'
import { findOpenPlacement, listPlacementHistory } from '../store/billing-placement.ts'
import { findBillingProfile } from '../store/billing-profile.ts'
import { listPayers } from '../store/cost.ts'
import { listExchangeRates, loadAssignedPriceLists } from '../store/price-list.ts'
import { allowsBillingTask, allowsResource, authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'

export interface PriceSheet {
  readonly period: BillingPeriod
  /** In the order of their meters. */
  readonly prices: readonly PriceOfDay[]
}

const action = 'Microsoft.Consumption/pricesheets/read'

/**
 * The prices by which a subscription's usage is rated: now, or at the start of the month named. A price list is the
 * paying profile's, so it takes row P9 there; only of a stand-alone account, which is one person's, a role on the
 * subscription will do (INV-16).
 */
export async function readPriceSheet(
  context: OperationContext,
  subscriptionId: string,
  periodName: string | undefined,
): Promise<PriceSheet> {
  const scope = `/subscriptions/${subscriptionId}`
  const byRole = await allowsResource(context, action, scope)
  const placement =
    (await findOpenPlacement(context.db, subscriptionId)) ??
    (await listPlacementHistory(context.db, subscriptionId)).at(-1)
  const payer = (await listPayers(context.db, subscriptionId)).find(({ profile }) => profile === placement?.profile)
  const isStandAlone = payer?.agreementType === 'MicrosoftOnlineServicesProgram'
  const isKnown = payer && (await allowsBillingTask(context, 'P9', billingProfileId(payer.account, payer.profile)))
  if (!isKnown && !(byRole && isStandAlone)) {
    if (!byRole) await authorizeResource(context, action, scope)
    if (!payer) throw notFound('PriceSheetNotFound', `Nobody pays for the subscription '${subscriptionId}'.`)
    throw forbidden(
      'AuthorizationFailed',
      `The client '${context.caller.name}' with object id '${context.caller.objectId}' does not have authorization to perform action '${action}' over scope '${scope}'.`,
      {
        details: [
          {
            code: 'BillingRoleRequired',
            message: 'Prices are kept by the billing profile that pays. Ask somebody with a billing role on it.',
          },
        ],
      },
    )
  }
  const period = periodName === undefined ? periodOf(context.now) : findNamedPeriod(periodName)
  if (!period)
    throw invalid('InvalidBillingPeriod', `'${periodName}' is not a billing period. Write it as 202610.`, 'scope')
  const day = periodName === undefined ? usageDayOf(context.now) : firstDayOf(period)
  const profile = await findBillingProfile(context.db, payer?.profile ?? '')
  if (!profile) return { period, prices: [] }
  const assigned = (await loadAssignedPriceLists(context.db, [profile.name], new Map())).get(profile.name) ?? []
  const rates = await listExchangeRates(context.db, period)
  const book = new PriceBook(period, getCurrency(profile.currency), assigned, rates)
  const meters = new Set(
    assigned.flatMap(({ priceList }) =>
      priceList.versions.flatMap(({ prices }) => prices.map((entry) => entry.meterId)),
    ),
  )
  const prices = [...meters].toSorted(compareTexts).flatMap((meterId) => {
    const price = book.priceOf({ lineKind: 'usage', subscriptionId, meterId, usageDay: day, quantity: '0' })
    return typeof price === 'string' ? [] : [price]
  })
  return { period, prices }
}
