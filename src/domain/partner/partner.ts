import type { AgentGroups } from '../access/partner-console.ts'
import type { TenantKind } from '../directory/tenant.ts'
import { conflict, invalid } from '../refusal.ts'

export type PartnerKind = 'direct' | 'indirectProvider' | 'indirectReseller'

/** PAR-1: a reseller recruits and serves customers, and its provider sells and is invoiced. */
export const maySell = (kind: PartnerKind): boolean => kind !== 'indirectReseller'

/** The groups that agents are members of, under Azure's names. */
export const agentGroupsOfPartner: readonly {
  readonly key: keyof AgentGroups
  readonly displayName: string
  readonly description: string
}[] = [
  {
    key: 'adminAgents',
    displayName: 'AdminAgents',
    description: 'Admin agents of the partner: they manage customers and own the subscriptions that are sold to them.',
  },
  {
    key: 'helpdeskAgents',
    displayName: 'HelpdeskAgents',
    description: 'Helpdesk agents of the partner: they see customers and help their users.',
  },
  {
    key: 'salesAgents',
    displayName: 'SalesAgents',
    description: 'Sales agents of the partner: they add customers and sell to them.',
  },
]

export interface WantedPartner {
  readonly kind: PartnerKind
  readonly tenantId: string
  readonly displayName: string
  readonly countryCode: string
  /** The first is the account's own. */
  readonly currencies: readonly string[]
}

interface PartnerFacts {
  readonly existing:
    | {
        readonly kind: PartnerKind
        readonly tenantId: string
        readonly displayName: string
        readonly countryCode: string
      }
    | undefined
  /** Those that it has a profile for. */
  readonly currencies: readonly string[]
  readonly tenantKind: TenantKind
  /** Which partner the tenant is already. */
  readonly partnerOfTenant: string | undefined
}

export interface PartnerDecision {
  readonly isRenamed: boolean
  readonly addedCurrencies: readonly string[]
}

/** Kind, tenant and country stay for good; a currency that is there stays too, because invoices are made in it. */
export function decidePartner(wanted: WantedPartner & { readonly id: string }, facts: PartnerFacts): PartnerDecision {
  const { existing } = facts
  for (const property of ['kind', 'tenantId', 'countryCode'] as const)
    if (existing && existing[property] !== wanted[property])
      throw conflict(
        'PartnerPropertyImmutable',
        `The ${property} of partner '${wanted.id}' is '${existing[property]}' and never changes. Make another partner.`,
        `properties.${property}`,
      )
  if (facts.partnerOfTenant !== undefined && facts.partnerOfTenant !== wanted.id)
    throw conflict(
      'TenantIsPartner',
      `The tenant '${wanted.tenantId}' is the tenant of partner '${facts.partnerOfTenant}'. A tenant is one partner.`,
      'properties.tenantId',
    )
  if (facts.tenantKind === 'identity')
    throw invalid(
      'TenantKindNotSupported',
      `The tenant '${wanted.tenantId}' holds consumers. A partner's people are in a workforce tenant.`,
      'properties.tenantId',
    )
  const isInvoiced = maySell(wanted.kind)
  if (isInvoiced && wanted.currencies.length === 0)
    throw invalid(
      'CurrencyRequired',
      'A partner who sells is invoiced: name at least one currency.',
      'properties.currencies',
    )
  if (!isInvoiced && wanted.currencies.length > 0)
    throw invalid(
      'ResellerNotInvoiced',
      'An indirect reseller is not invoiced here, its provider is. Leave the currencies out.',
      'properties.currencies',
    )
  return {
    isRenamed: existing !== undefined && existing.displayName !== wanted.displayName,
    addedCurrencies: [...new Set(wanted.currencies)].filter((currency) => !facts.currencies.includes(currency)),
  }
}
