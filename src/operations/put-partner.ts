import { billingRoleId } from '../domain/access/billing-roles.ts'
import type { Address } from '../domain/billing/address.ts'
import {
  billingAccountId,
  billingAccountNameOf,
  billingCodeLength,
  billingCodeOf,
  billingProfileId,
} from '../domain/billing/billing-ids.ts'
import type { InvoiceLanguage } from '../domain/billing/invoice-document.ts'
import { standardPlan } from '../domain/billing/plan.ts'
import { agentGroupsOfPartner, decidePartner, type WantedPartner } from '../domain/partner/partner.ts'
import { invalid, notFound } from '../domain/refusal.ts'
import { insertBillingAccount } from '../store/billing-account.ts'
import { insertBillingProfile } from '../store/billing-profile.ts'
import { insertBillingRoleAssignment } from '../store/billing-role-assignment.ts'
import { insertGroup } from '../store/group-account.ts'
import {
  findPartner,
  findPartnerOfTenant,
  insertPartner,
  insertPartnerProfile,
  listPartnerProfiles,
  listPartners,
  lockPartnerId,
  type Partner,
  type PartnerProfile,
  renamePartner,
} from '../store/partner.ts'
import { findTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { assignPricesOf, findPriceListNameFor } from './publish-prices.ts'
import { requireCurrency } from './sign-up.ts'

export interface PartnerToPut extends WantedPartner {
  readonly id: string
  readonly tenantId: string
  readonly displayName: string
  readonly countryCode: string
  readonly soldTo: Address
  readonly taxId: string | undefined
  readonly priceList: string | undefined
  readonly language: InvoiceLanguage
}

export interface PartnerView {
  readonly partner: Partner
  readonly profiles: readonly PartnerProfile[]
}

/**
 * Makes a tenant the tenant of a partner (PAR-1): its groups of agents, and, but for a reseller, an account of the
 * partner agreement with one profile for each currency (BIL-21, PAR-23). Again, it changes the name and adds currencies.
 */
export async function putPartner(
  context: OperationContext,
  wanted: PartnerToPut,
): Promise<PartnerView & { isNew: boolean }> {
  authorizeOperator(context)
  const { db } = context
  await lockPartnerId(db, wanted.id)
  const existing = await findPartner(db, wanted.id)
  const profiles = existing ? await listPartnerProfiles(db, existing.id) : []
  const tenant = await findTenant(db, wanted.tenantId)
  if (!tenant)
    throw invalid('TenantNotFound', `The tenant '${wanted.tenantId}' could not be found.`, 'properties.tenantId')
  const decision = decidePartner(wanted, {
    existing,
    currencies: profiles.map((profile) => profile.currency),
    tenantKind: tenant.kind,
    partnerOfTenant: (await findPartnerOfTenant(db, wanted.tenantId))?.id,
  })
  const partner = existing ?? (await createPartner(context, wanted))
  if (decision.isRenamed) await renamePartner(db, partner.id, wanted.displayName)
  const added: PartnerProfile[] = []
  for (const currency of decision.addedCurrencies) added.push(await addProfile(context, partner, wanted, currency))
  if (!existing || decision.isRenamed || added.length > 0)
    await appendAudit(context, {
      action: 'Tenantry.Partner/partners/write',
      scope: `/providers/Tenantry.Partner/partners/${partner.id}`,
      ...(existing
        ? { before: { displayName: existing.displayName, currencies: profiles.map((one) => one.currency) } }
        : {}),
      after: {
        tenantId: partner.tenantId,
        kind: partner.kind,
        displayName: wanted.displayName,
        billingAccount: partner.billingAccountName,
        currencies: [...profiles, ...added].map((profile) => profile.currency),
      },
    })
  return { ...(await getStored(context, partner.id)), isNew: !existing }
}

async function createPartner(context: OperationContext, wanted: PartnerToPut): Promise<Partner> {
  const { db, now, random } = context
  const by = { createdAt: now, createdBy: context.caller.objectId }
  const groups = { adminAgents: random.uuid(), helpdeskAgents: random.uuid(), salesAgents: random.uuid() }
  for (const { key, displayName, description } of agentGroupsOfPartner)
    await insertGroup(db, {
      id: groups[key],
      tenantId: wanted.tenantId,
      displayName,
      mailNickname: displayName,
      description,
      createdAt: now,
    })
  const billingAccountName =
    wanted.kind === 'indirectReseller' ? null : billingAccountNameOf(random.uuid(), random.uuid())
  if (billingAccountName !== null) {
    await insertBillingAccount(db, {
      name: billingAccountName,
      tenantId: wanted.tenantId,
      displayName: wanted.displayName,
      agreementType: 'MicrosoftPartnerAgreement',
      accountType: 'Partner',
      currency: requireCurrency(wanted.currencies[0] ?? '', 'properties.currencies'),
      countryCode: wanted.countryCode,
      soldTo: wanted.soldTo,
      notificationEmail: null,
      ...by,
    })
    // INV-16: who administers customers sees and manages the bill; the other console roles are asked for where it is read.
    await insertBillingRoleAssignment(db, {
      name: random.uuid(),
      billingAccountName,
      scope: billingAccountId(billingAccountName),
      roleDefinitionName: billingRoleId('BAO'),
      principalTenantId: wanted.tenantId,
      principalId: groups.adminAgents,
      ...by,
    })
  }
  const partner = {
    id: wanted.id,
    tenantId: wanted.tenantId,
    kind: wanted.kind,
    displayName: wanted.displayName,
    countryCode: wanted.countryCode,
    billingAccountName,
    groups,
    ...by,
  }
  await insertPartner(db, partner)
  return { ...partner, revision: 1n }
}

async function addProfile(
  context: OperationContext,
  { id, billingAccountName }: Partner,
  wanted: PartnerToPut,
  code: string,
): Promise<PartnerProfile> {
  if (billingAccountName === null) throw new Error(`the partner ${id} has no account for a profile`)
  const { db, now } = context
  const currency = requireCurrency(code, 'properties.currencies')
  const priceListName = await findPriceListNameFor(db, wanted.priceList, currency)
  const name = billingCodeOf(context.random.bytes(billingCodeLength))
  await insertBillingProfile(db, {
    name,
    billingAccountName,
    displayName: `${wanted.displayName} (${currency})`,
    currency,
    countryCode: wanted.countryCode,
    language: wanted.language,
    billTo: wanted.soldTo,
    poNumber: null,
    invoiceEmailOptIn: false,
    taxRate: null,
    reverseCharge: false,
    taxId: wanted.taxId ?? null,
    systemId: name,
    tags: {},
    enabledPlans: [standardPlan],
    createdAt: now,
    createdBy: context.caller.objectId,
  })
  await assignPricesOf(db, name, priceListName, now)
  const profile = { partnerId: id, currency, billingProfileName: name }
  await insertPartnerProfile(db, profile)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingProfiles/write',
    scope: billingProfileId(billingAccountName, name),
    after: { currency, priceList: priceListName },
  })
  return profile
}

export async function getPartner(context: OperationContext, id: string): Promise<PartnerView> {
  authorizeOperator(context)
  return getStored(context, id)
}

export async function listAllPartners(
  context: OperationContext,
  page: { after?: string | undefined; limit: number },
): Promise<PartnerView[]> {
  authorizeOperator(context)
  const views: PartnerView[] = []
  for (const partner of await listPartners(context.db, page))
    views.push({ partner, profiles: await listPartnerProfiles(context.db, partner.id) })
  return views
}

async function getStored({ db }: OperationContext, id: string): Promise<PartnerView> {
  const partner = await findPartner(db, id)
  if (!partner) throw notFound('PartnerNotFound', `The partner '${id}' could not be found.`)
  return { partner, profiles: await listPartnerProfiles(db, partner.id) }
}
