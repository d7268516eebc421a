import type { Address } from '../domain/billing/address.ts'
import { initialDomainOf } from '../domain/directory/domain-name.ts'
import { requireSeller } from '../domain/partner/customer.ts'
import { isDomainTaken } from '../store/tenant.ts'
import { type Customer, findCustomer, insertCustomer } from '../store/customer.ts'
import { listPartnerProfiles, type Partner } from '../store/partner.ts'
import { findBillingAccount } from '../store/billing-account.ts'
import { grantDelegatedPrivileges, startRelationship } from '../store/partner-relationship.ts'
import { appendAudit } from './audit.ts'
import { authorizeConsole } from './authorize-partner.ts'
import type { OperationContext } from './context.ts'
import { createTenant } from './create-tenant.ts'

export interface WantedCustomer {
  readonly companyName: string
  /** The initial domain of the tenant that is made for it. */
  readonly domain: string
  readonly countryCode: string
  readonly email: string | undefined
  readonly culture: string
  readonly language: string
  readonly defaultAddress: Address
  /** PAR-5: a choice, on by default. */
  readonly delegatedPrivileges: boolean
}

export interface AddedCustomer {
  readonly customer: Customer
  readonly userName: string
  /** Known here once; only its hash is kept. */
  readonly password: string
}

/**
 * PAR-2: makes the tenant of a new customer with its first administrator, and the relationship with it. An existing
 * tenant is not added: its own administrator accepts a request (PAR-6).
 */
export async function addCustomer(context: OperationContext, wanted: WantedCustomer): Promise<AddedCustomer> {
  const partner = await authorizeConsole(context, 'addCustomer')
  requireSeller(partner, 'add customers')
  const { db, now, caller, random } = context
  const userName = 'admin'
  const password = random.secret()
  const { tenant } = await createTenant(context, {
    displayName: wanted.companyName,
    kind: 'workforce',
    countryCode: wanted.countryCode,
    initialDomain: initialDomainOf({ name: wanted.domain }, context.settings.domainSuffix),
    dataResidency: undefined,
    externalIdentityPricing: undefined,
    administrator: { kind: 'user', displayName: 'Administrator', mail: wanted.email, password },
  })
  await insertCustomer(db, {
    partnerId: partner.id,
    tenantId: tenant.id,
    companyName: wanted.companyName,
    billingProfileName: await defaultProfileOf(context, partner),
    email: wanted.email ?? null,
    culture: wanted.culture,
    language: wanted.language,
    defaultAddress: wanted.defaultAddress,
    createdAt: now,
    createdBy: caller.objectId,
  })
  const standing = { partnerId: partner.id, tenantId: tenant.id, at: now, by: caller.objectId }
  await startRelationship(db, standing)
  if (wanted.delegatedPrivileges) await grantDelegatedPrivileges(db, standing)
  await appendAudit(context, {
    action: 'Tenantry.Partner/customers/write',
    scope: customerScope(partner, tenant.id),
    after: {
      companyName: wanted.companyName,
      domain: wanted.domain,
      delegatedPrivileges: wanted.delegatedPrivileges,
    },
  })
  const customer = await findCustomer(db, partner.id, tenant.id)
  if (!customer) throw new Error(`the customer ${tenant.id} was not stored`)
  return { customer, userName, password }
}

/** The profile in the account's own currency; an order can name another. */
export async function defaultProfileOf({ db }: OperationContext, partner: Partner): Promise<string | null> {
  if (partner.billingAccountName === null) return null
  const account = await findBillingAccount(db, partner.billingAccountName)
  const profiles = await listPartnerProfiles(db, partner.id)
  return profiles.find((profile) => profile.currency === account?.currency)?.billingProfileName ?? null
}

export const customerScope = (partner: Pick<Partner, 'id'>, tenantId: string): string =>
  `/providers/Tenantry.Partner/partners/${partner.id}/customers/${tenantId}`

/** Whether a domain is somebody's already; anybody who may add customers may ask. */
export async function isDomainInUse(context: OperationContext, domain: string): Promise<boolean> {
  await authorizeConsole(context, 'addCustomer')
  return isDomainTaken(context.db, domain)
}
