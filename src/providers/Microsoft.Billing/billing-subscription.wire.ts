import { z } from 'zod'
import { billingAccountId, billingProfileId, customerId, invoiceSectionId } from '../../domain/billing/billing-ids.ts'
import { standardPlan } from '../../domain/billing/plan.ts'
import type { BillingProperty } from '../../operations/billing-property.ts'
import { toWireAmount } from './amount.wire.ts'

export const costCenterBody = z.object({
  properties: z
    .object({
      costCenter: z.string().trim().max(256).nullish(),
      // What 2024-04-01 calls it.
      consumptionCostCenter: z.string().trim().max(256).nullish(),
    })
    .default({}),
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

/** The words of 2024-04-01. */
const statuses2024: Record<string, string> = { PastDue: 'Warned' }

export function toWireSubscription(subscription: SubscriptionToWire, apiVersion: string) {
  const { account, profile, section, customer } = subscription
  return {
    id: `${billingAccountId(account)}/billingSubscriptions/${subscription.subscriptionId}`,
    name: subscription.subscriptionId,
    type: 'Microsoft.Billing/billingAccounts/billingSubscriptions',
    properties: {
      displayName: subscription.displayName,
      subscriptionId: subscription.subscriptionId,
      ...(apiVersion === '2024-04-01'
        ? {
            status: statuses2024[subscription.state] ?? subscription.state,
            consumptionCostCenter: subscription.costCenter ?? undefined,
          }
        : {
            subscriptionBillingStatus: statuses[subscription.state] ?? 'Inactive',
            costCenter: subscription.costCenter ?? undefined,
          }),
      ...(subscription.lastMonthMinor === null
        ? {}
        : { lastMonthCharges: toWireAmount(subscription.lastMonthMinor, subscription.currency) }),
      billingProfileId: billingProfileId(account, profile),
      billingProfileDisplayName: subscription.profileName,
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

/** Ids say who pays; names and states are for those who have a role there. */
export function toWireProperty({ subscription, account, isAccountAdmin, shows }: BillingProperty) {
  const { profile, section } = subscription
  const isPartnerPaid = section === null
  const showsIds = !isPartnerPaid || shows.profile
  const showsSection = !isPartnerPaid && !subscription.isSectionHidden
  return {
    id: `/subscriptions/${subscription.subscriptionId}/providers/Microsoft.Billing/billingProperty/default`,
    name: 'default',
    type: 'Microsoft.Billing/billingProperty',
    properties: {
      ...(showsIds
        ? {
            billingTenantId: account.tenantId,
            billingAccountId: billingAccountId(account.name),
            billingProfileId: billingProfileId(account.name, profile),
          }
        : {}),
      ...(shows.account
        ? {
            billingAccountDisplayName: account.displayName,
            accountAdminNotificationEmailAddress: account.notificationEmail ?? undefined,
          }
        : {}),
      ...(shows.profile
        ? { billingProfileDisplayName: subscription.profileName, ...toWireProfileStatus(subscription.profileStatus) }
        : {}),
      ...(showsSection ? { invoiceSectionId: invoiceSectionId(account.name, profile, section) } : {}),
      ...(showsSection && shows.section ? { invoiceSectionDisplayName: subscription.sectionName ?? undefined } : {}),
      ...(isPartnerPaid && !shows.profile ? partnerProfileNote : {}),
      costCenter: subscription.costCenter ?? undefined,
      isAccountAdmin,
      ...standardPlan,
    },
  }
}

/** BIL-19: what a partner's customer sees of the profile that pays; there is nothing that it could change. */
const partnerProfileNote = {
  billingRelationshipType: 'CSPCustomer',
  isReadOnly: true,
  note: {
    code: 'ManagedByPartner',
    message: 'A partner pays for this subscription. Ask the partner about charges, invoices and how it is paid.',
  },
} as const

function toWireProfileStatus(status: string) {
  return {
    billingProfileStatus: status === 'PastDue' ? 'Warned' : status,
    ...(status === 'PastDue' ? { billingProfileStatusReasonCode: 'PastDue' } : {}),
    billingProfileSpendingLimit: 'Off',
  }
}
