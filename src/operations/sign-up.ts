import { billingRoleId } from '../domain/access/billing-roles.ts'
import type { Address } from '../domain/billing/address.ts'
import {
  billingAccountId,
  billingAccountNameOf,
  billingCodeLength,
  billingCodeOf,
  billingProfileId,
  invoiceSectionId,
} from '../domain/billing/billing-ids.ts'
import type { InvoiceLanguage } from '../domain/billing/invoice-document.ts'
import { standardPlan } from '../domain/billing/plan.ts'
import { canonicalJson } from '../domain/rating/canonical-json.ts'
import { type Currency, findCurrency } from '../domain/rating/currency.ts'
import { conflict, invalid, notFound } from '../domain/refusal.ts'
import { type AgreementType, insertBillingAccount } from '../store/billing-account.ts'
import { insertBillingProfile } from '../store/billing-profile.ts'
import { insertBillingRoleAssignment } from '../store/billing-role-assignment.ts'
import { insertInvoiceSection } from '../store/invoice-section.ts'
import { findPrincipal } from '../store/principal.ts'
import { findSignUp, insertSignUp, lockSignUpName, type SignUp } from '../store/sign-up.ts'
import { findTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import { attachUsualMethod, insertBankTransfer } from './change-payment-method.ts'
import type { OperationContext } from './context.ts'
import { assignPricesOf, findPriceListNameFor } from './publish-prices.ts'

export interface WantedSignUp {
  readonly tenantId: string
  /** Who becomes the owner; absent: the caller, who then must be of the tenant. */
  readonly ownerId: string | undefined
  readonly agreementType: AgreementType
  readonly accountType: 'Enterprise' | 'Individual' | undefined
  readonly displayName: string
  readonly currency: string
  readonly countryCode: string
  readonly soldTo: Address
  readonly billTo: Address | undefined
  readonly poNumber: string | undefined
  readonly taxId: string | undefined
  readonly notificationEmail: string | undefined
  readonly priceList: string | undefined
  readonly language: InvoiceLanguage
  /** Only where a signed-up account may not pay by transfer; it pays by card then (BIL-10). */
  readonly approveBankTransfer?: false
}

/** Profile and section are called like the account until somebody names them. */
const firstSectionName = 'Default'

/**
 * Opens an account with one profile, one section in it, the standard plan and one owner, and nobody else (BIL-2). A
 * stand-alone account is the same inside; its section is hidden, and its owner is the account administrator (BIL-21).
 */
export async function signUp(
  context: OperationContext,
  name: string,
  wanted: WantedSignUp,
): Promise<{ signUp: SignUp; isNew: boolean }> {
  authorizeOperator(context)
  const { db, now, random } = context
  await lockSignUpName(db, name)
  const existing = await findSignUp(db, name)
  if (existing) {
    if (canonicalJson(existing.wanted) === canonicalJson(wanted)) return { signUp: existing, isNew: false }
    throw conflict(
      'SignUpExists',
      `The sign-up '${name}' was made with other properties. Change the account and its profile, or use another name.`,
    )
  }
  requireSupported(wanted.agreementType)
  const currency = requireCurrency(wanted.currency)
  if (!(await findTenant(db, wanted.tenantId)))
    throw invalid('TenantNotFound', `The tenant '${wanted.tenantId}' could not be found.`, 'properties.tenantId')
  const owner = await requireOwner(context, wanted)
  const priceListName = await findPriceListNameFor(db, wanted.priceList, currency)
  const account = billingAccountNameOf(random.uuid(), random.uuid())
  const profile = billingCodeOf(random.bytes(billingCodeLength))
  const section = billingCodeOf(random.bytes(billingCodeLength))
  const isStandAlone = wanted.agreementType === 'MicrosoftOnlineServicesProgram'
  const by = { createdAt: now, createdBy: context.caller.objectId }
  await insertBillingAccount(db, {
    name: account,
    tenantId: wanted.tenantId,
    displayName: wanted.displayName,
    agreementType: wanted.agreementType,
    accountType: wanted.accountType ?? (isStandAlone ? 'Individual' : 'Enterprise'),
    currency,
    countryCode: wanted.countryCode,
    soldTo: wanted.soldTo,
    notificationEmail: wanted.notificationEmail ?? null,
    ...by,
  })
  await insertBillingProfile(db, {
    name: profile,
    billingAccountName: account,
    displayName: wanted.displayName,
    currency,
    countryCode: wanted.countryCode,
    language: wanted.language,
    billTo: wanted.billTo ?? wanted.soldTo,
    poNumber: wanted.poNumber ?? null,
    invoiceEmailOptIn: false,
    taxRate: null,
    reverseCharge: false,
    taxId: wanted.taxId ?? null,
    systemId: profile,
    tags: {},
    enabledPlans: [standardPlan],
    ...by,
  })
  await insertInvoiceSection(db, {
    name: section,
    billingProfileName: profile,
    displayName: isStandAlone ? wanted.displayName : firstSectionName,
    systemId: section,
    labels: {},
    tags: {},
    isHidden: isStandAlone,
    ...by,
  })
  await insertBillingRoleAssignment(db, {
    name: random.uuid(),
    billingAccountName: account,
    scope: billingAccountId(account),
    roleDefinitionName: billingRoleId('BAO'),
    principalTenantId: wanted.tenantId,
    principalId: owner,
    ...by,
  })
  await assignPricesOf(db, profile, priceListName, now)
  if (wanted.approveBankTransfer !== false) {
    await insertBankTransfer(context, account)
    await attachUsualMethod(context, account, profile, undefined)
  }
  const made: SignUp = {
    name,
    account,
    profile,
    section,
    ownerId: owner,
    wanted,
    createdAt: now,
  }
  await insertSignUp(db, made)
  await appendAudit(context, {
    action: 'Tenantry.Billing/signUps/write',
    scope: billingAccountId(account),
    after: {
      ...wanted,
      billingProfileId: billingProfileId(account, profile),
      invoiceSectionId: invoiceSectionId(account, profile, section),
      ownerId: owner,
      priceList: priceListName,
    },
  })
  return { signUp: made, isNew: true }
}

export async function getSignUp(context: OperationContext, name: string): Promise<SignUp> {
  authorizeOperator(context)
  const found = await findSignUp(context.db, name)
  if (!found) throw notFound('SignUpNotFound', `The sign-up '${name}' could not be found.`)
  return found
}

function requireSupported(agreementType: AgreementType): void {
  if (agreementType === 'MicrosoftCustomerAgreement' || agreementType === 'MicrosoftOnlineServicesProgram') return
  throw invalid(
    'AgreementTypeNotSupported',
    `Accounts of the kind '${agreementType}' are not opened by a sign-up. Use MicrosoftCustomerAgreement or MicrosoftOnlineServicesProgram.`,
    'properties.agreementType',
  )
}

export function requireCurrency(code: string, target = 'properties.currency'): Currency {
  const currency = findCurrency(code)
  if (currency) return currency
  throw invalid(
    'CurrencyNotSupported',
    `The currency '${code}' is not supported. Use an ISO 4217 code such as EUR or SEK.`,
    target,
  )
}

async function requireOwner(context: OperationContext, wanted: WantedSignUp): Promise<string> {
  const ownerId = wanted.ownerId ?? context.caller.objectId
  const principal = await findPrincipal(context.db, ownerId)
  if (principal?.tenantId === wanted.tenantId) return ownerId
  throw invalid(
    'OwnerNotFound',
    `The principal '${ownerId}' is not in the tenant '${wanted.tenantId}'. Name a user, guest or service principal of that tenant as owner (BIL-3).`,
    'properties.owner.objectId',
  )
}
