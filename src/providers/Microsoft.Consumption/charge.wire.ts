import { billingAccountId, billingProfileId, customerId, invoiceSectionId } from '../../domain/billing/billing-ids.ts'
import { nameOfPeriod } from '../../domain/billing/cost-window.ts'
import { firstDayOf, lastDayOf } from '../../domain/rating/billing-period.ts'
import { getCurrency } from '../../domain/rating/currency.ts'
import { formatMinor } from '../../domain/rating/money.ts'
import type { ChargeSummary } from '../../operations/read-cost-charges.ts'
import { amountOf, exactNumber } from './money.wire.ts'
import { kindOf } from './usage-detail.wire.ts'

export function toWireCharge(scope: string, charge: ChargeSummary) {
  const { account, profile, section, customer, period } = charge
  const kind = kindOf(account.agreementType)
  const { currency } = profile
  const amount = formatMinor(charge.amountMinor, getCurrency(currency))
  const payer = charge.showsPayer ? [profile.name, section ?? customer ?? ''] : []
  const name = [nameOfPeriod(period), ...payer, charge.isInvoiced ? 'invoiced' : 'pending'].join('_')
  const common = {
    usageStart: firstDayOf(period),
    usageEnd: lastDayOf(period),
    isEstimated: !charge.isInvoiced,
  }
  const periodId = `providers/Microsoft.Billing/billingPeriods/${nameOfPeriod(period)}`
  return {
    kind,
    id: `${scope}/providers/Microsoft.Consumption/charges/${name}`,
    name,
    type: 'Microsoft.Consumption/charges',
    properties:
      kind === 'legacy'
        ? {
            ...common,
            billingPeriodId: `${scope}/${periodId}`,
            azureCharges: exactNumber(amount),
            chargesBilledSeparately: 0,
            marketplaceCharges: 0,
            currency,
          }
        : {
            ...common,
            billingPeriodId: `${charge.showsPayer ? billingAccountId(account.name) : scope}/${periodId}`,
            azureCharges: amountOf(amount, currency),
            chargesBilledSeparately: amountOf('0', currency),
            marketplaceCharges: amountOf('0', currency),
            ...(charge.showsPayer
              ? {
                  billingAccountId: billingAccountId(account.name),
                  billingProfileId: billingProfileId(account.name, profile.name),
                }
              : {}),
            ...(section === null ? {} : { invoiceSectionId: invoiceSectionId(account.name, profile.name, section) }),
            ...(customer === null ? {} : { customerId: customerId(account.name, customer) }),
            isInvoiced: charge.isInvoiced,
          },
  }
}
