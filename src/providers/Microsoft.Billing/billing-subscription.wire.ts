import { z } from 'zod'
import { billingAccountId, billingProfileId, customerId, invoiceSectionId } from '../../domain/billing/billing-ids.ts'
import { standardPlan } from '../../domain/billing/plan.ts'
import type { BillingProperty } from '../../operations/billing-property.ts'
import { toWireAmount } from './amount.wire.ts'

export const costCenterBody = z.object({
  properties: z.object({ costCenter: z.string().trim().max(256).nullish() }).default({}),
})
export const moveBody = z.object({ destinationInvoiceSectionId: z.string().min(1).max(1024) })

interface SubscriptionToWire {
  readonly subscriptionId: string
  readonly displayName: string
  readonly state: string
  readonly account: string
  readonly profile: string
  readonly profileName: string
  readonly currency: string
  readonly section: string | null
  readonly sectionName: string | null
  readonly customer: string | null
  readonly costCenter: string | null
  readonly isSectionHidden: boolean
  readonly lastMonthMinor: bigint | null
}

const statuses: Record<string, string> = {
  Active: 'Active',
  Warned: 'Warning',
  PastDue: 'Warning',
  Deleted: 'Deleted',
}

export function toWireSubscription(subscription: SubscriptionToWire) {
  const { account, profile, section, customer } = subscription
  return {
    id: `${billingAccountId(account)}/billingSubscriptions/${subscription.subscriptionId}`,
    name: subscription.subscriptionId,
    type: 'Microsoft.Billing/billingAccounts/billingSubscriptions',
    properties: {
      displayName: subscription.displayName,
      subscriptionId: subscription.subscriptionId,
      subscriptionBillingStatus: statuses[subscription.state] ?? 'Inactive',
      ...(subscription.lastMonthMinor === null
        ? {}
        : { lastMonthCharges: toWireAmount(subscription.lastMonthMinor, subscription.currency) }),
      billingProfileId: billingProfileId(account, profile),
      billingProfileDisplayName: subscription.profileName,
      costCenter: subscription.costCenter ?? undefined,
      ...(section === null || subscription.isSectionHidden
        ? {}
        : {
            invoiceSectionId: invoiceSectionId(account, profile, section),
            invoiceSectionDisplayName: subscription.sectionName ?? undefined,
          }),
      ...(customer === null ? {} : { customerId: customerId(account, customer) }),
      ...standardPlan,
    },
  }
}

export function toWireProperty({ subscription, account, isAccountAdmin }: BillingProperty) {
  const { profile, section } = subscription
  return {
    id: `/subscriptions/${subscription.subscriptionId}/providers/Microsoft.Billing/billingProperty/default`,
    name: 'default',
    type: 'Microsoft.Billing/billingProperty',
    properties: {
      billingTenantId: account.tenantId,
      billingAccountId: billingAccountId(account.name),
      billingAccountDisplayName: account.displayName,
      billingProfileId: billingProfileId(account.name, profile),
      billingProfileDisplayName: subscription.profileName,
      billingProfileStatus: 'Active',
      billingProfileSpendingLimit: 'Off',
      costCenter: subscription.costCenter ?? undefined,
      ...(section === null
        ? {}
        : {
            invoiceSectionId: invoiceSectionId(account.name, profile, section),
            invoiceSectionDisplayName: subscription.sectionName ?? undefined,
          }),
      isAccountAdmin,
      ...standardPlan,
    },
  }
}
