import { billingAccountId, billingProfileId, customerId, invoiceSectionId } from '../../domain/billing/billing-ids.ts'
import { publishedChargeType } from '../../domain/billing/cost.ts'
import { endOfDay, startOfDay } from '../../domain/billing/cost-filter.ts'
import { firstDayOf, lastDayOf } from '../../domain/rating/billing-period.ts'
import type { CostItem } from '../../operations/read-cost-items.ts'
import { exactNumber } from './money.wire.ts'

export interface Expanded {
  readonly meterDetails: boolean
  readonly additionalInfo: boolean
}

/** The discriminator must be written exactly so, or clients lose every field (trap 10). */
export const kindOf = (agreementType: string): 'modern' | 'legacy' =>
  agreementType === 'MicrosoftCustomerAgreement' || agreementType === 'MicrosoftPartnerAgreement' ? 'modern' : 'legacy'

export function toWireUsageDetail(scope: string, item: CostItem, expanded: Expanded) {
  const kind = kindOf(item.account.agreementType)
  return {
    kind,
    id: `${scope}/providers/Microsoft.Consumption/usageDetails/${item.name}`,
    name: item.name,
    type: 'Microsoft.Consumption/usageDetails',
    ...(item.resource ? { tags: item.resource.tags } : {}),
    properties: kind === 'modern' ? modernOf(item, expanded) : legacyOf(item, expanded),
  }
}

function modernOf(item: CostItem, expanded: Expanded) {
  const { line, row, account, profile } = item
  const { key, entry } = line
  const billing = profile.currency
  const pricing = line.pricingCurrency ?? billing
  return {
    ...commonOf(item, expanded),
    ...(item.showsPayer
      ? {
          billingAccountId: billingAccountId(account.name),
          billingAccountName: account.displayName,
          billingProfileId: billingProfileId(account.name, profile.name),
          billingProfileName: profile.displayName,
          ...(key.invoiceSectionId === null
            ? {}
            : {
                invoiceSectionId: invoiceSectionId(account.name, profile.name, key.invoiceSectionId),
                invoiceSectionName: item.sectionName,
              }),
          ...(key.customerId === null ? {} : { customerId: customerId(account.name, key.customerId) }),
        }
      : {}),
    subscriptionGuid: key.subscriptionId,
    meterName: entry?.productName.en,
    meterCategory: entry?.serviceFamily,
    serviceFamily: entry?.serviceFamily,
    unitOfMeasure: entry?.unit,
    instanceName: item.resource?.id,
    costInBillingCurrency: exactNumber(row.amount),
    ...(row.pricedAmount === null ? {} : { costInPricingCurrency: exactNumber(row.pricedAmount) }),
    ...(billing === 'USD'
      ? { costInUSD: exactNumber(row.amount) }
      : pricing === 'USD' && row.pricedAmount !== null
        ? { costInUSD: exactNumber(row.pricedAmount) }
        : {}),
    billingCurrencyCode: billing,
    pricingCurrencyCode: pricing,
    exchangeRate: line.exchangeRate?.rate ?? '1',
    exchangeRatePricingToBilling: exactNumber(line.exchangeRate?.rate ?? '1'),
    ...(line.exchangeRate ? { exchangeRateDate: startOfDay(line.exchangeRate.day).toISOString() } : {}),
    resourceLocationNormalized: item.resource?.location,
    servicePeriodStartDate: startOfDay(row.firstDay).toISOString(),
    servicePeriodEndDate: endOfDay(row.lastDay).toISOString(),
  }
}

function legacyOf(item: CostItem, expanded: Expanded) {
  const { line, row, account, profile, resource } = item
  const { key, entry } = line
  return {
    ...commonOf(item, expanded),
    ...(item.showsPayer
      ? {
          billingAccountId: account.name,
          billingAccountName: account.displayName,
          billingProfileId: profile.name,
          billingProfileName: profile.displayName,
        }
      : {}),
    subscriptionId: key.subscriptionId,
    ...(expanded.meterDetails && entry
      ? {
          meterDetails: {
            meterName: entry.productName.en,
            meterCategory: entry.serviceFamily,
            unitOfMeasure: entry.unit,
            serviceFamily: entry.serviceFamily,
          },
        }
      : {}),
    cost: exactNumber(row.amount),
    billingCurrency: profile.currency,
    resourceId: resource?.id,
    resourceName: resource?.name,
  }
}

/** What both kinds have. A cost is labelled as an estimate as long as it is on no document (INV-3). */
function commonOf(item: CostItem, expanded: Expanded) {
  const { line, row, resource } = item
  const { document, entry } = line
  const chargeType = publishedChargeType(line)
  return {
    billingPeriodStartDate: startOfDay(firstDayOf(line.billingPeriod)).toISOString(),
    billingPeriodEndDate: startOfDay(lastDayOf(line.billingPeriod)).toISOString(),
    subscriptionName: item.subscriptionName,
    date: startOfDay(row.firstDay).toISOString(),
    usageStart: startOfDay(row.firstDay).toISOString(),
    usageEnd: endOfDay(row.lastDay).toISOString(),
    product: entry?.productName.en,
    meterId: line.key.meterId,
    quantity: exactNumber(row.quantity),
    ...(row.unitPrice === null ? {} : { unitPrice: exactNumber(row.unitPrice) }),
    ...(row.effectiveUnitPrice === null ? {} : { effectivePrice: exactNumber(row.effectiveUnitPrice) }),
    resourceLocation: resource?.location,
    consumedService: resource?.type.split('/')[0],
    resourceGroup: resource?.resourceGroup,
    costCenter: item.costCenter,
    chargeType,
    frequency: chargeType === 'Purchase' ? 'Recurring' : 'UsageBased',
    pricingModel: 'OnDemand',
    isAzureCreditEligible: false,
    isEstimated: document === null,
    ...(document ? { invoiceId: document.number ?? document.id } : {}),
    ...(line.previousNumbers.length > 0 ? { previousInvoiceId: line.previousNumbers.join(',') } : {}),
    additionalInfo: JSON.stringify(informationOf(item, expanded)),
  }
}

/** The label is always there: clients that know only the published fields have no other place to see it. */
function informationOf({ line, row }: CostItem, expanded: Expanded) {
  const { document, key } = line
  const label = document
    ? { status: 'Invoiced', estimated: false, documentType: document.documentType, invoice: document.number }
    : { status: 'Pending', estimated: true }
  if (!expanded.additionalInfo) return label
  return {
    ...label,
    usagePeriod: line.usagePeriod,
    lineKind: key.lineKind,
    priceList: { name: key.priceListName, version: key.priceVersion },
    includedQuantity: row.includedQuantity,
    parts: row.parts,
    meter: line.entry && { id: key.meterId, name: line.entry.productName.en, unit: line.entry.unit },
  }
}
