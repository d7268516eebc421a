import type { BillingPeriod } from '../rating/billing-period.ts'
import { invalid } from '../refusal.ts'
import { type BillingScope, parseBillingScope } from './billing-ids.ts'
import { findNamedPeriod } from './cost-window.ts'

export type CostScope = (
  | { readonly kind: 'subscription'; readonly subscriptionId: string; readonly resourceGroup: string | undefined }
  | ({ readonly kind: 'billing' } & BillingScope)
) & {
  /** The id without the billing period. */
  readonly id: string
  /** The month that a billing period in the scope names. */
  readonly period: BillingPeriod | undefined
}

/** A subscription, a resource group, an account, a profile or a section, each with or without a billing period. */
export function parseCostScope(scope: string): CostScope {
  const segments = scope.split('/').filter((segment) => segment !== '')
  let period: BillingPeriod | undefined
  if (segments.at(-2)?.toLowerCase() === 'billingperiods') {
    const name = segments.at(-1) ?? ''
    period = findNamedPeriod(name)
    if (!period)
      throw invalid('InvalidBillingPeriod', `'${name}' is not a billing period. Write it as 202610.`, 'scope')
    segments.length -= 2
    if (segments.at(-1)?.toLowerCase() === 'microsoft.billing' && segments.at(-2)?.toLowerCase() === 'providers')
      segments.length -= 2
  }
  const id = `/${segments.join('/')}`
  const [first, subscriptionId, third, resourceGroup] = segments
  if (first?.toLowerCase() === 'subscriptions' && subscriptionId !== undefined) {
    const isGroup = segments.length === 4 && third?.toLowerCase() === 'resourcegroups'
    if (segments.length === 2 || isGroup)
      return { kind: 'subscription', subscriptionId: subscriptionId.toLowerCase(), resourceGroup, id, period }
  }
  const billing = parseBillingScope(id)
  if (billing) return { kind: 'billing', ...billing, id, period }
  throw invalid(
    'InvalidScope',
    `Costs are not kept by '${id}'. Ask at a subscription, a resource group, a billing account, a billing profile or an invoice section.`,
    'scope',
  )
}
