import { billingAccountId, billingProfileId, invoiceSectionId } from '../domain/billing/billing-ids.ts'
import {
  type DeleteObstacle,
  listProfileObstacles,
  listSectionObstacles,
} from '../domain/billing/delete-eligibility.ts'
import { getCurrency } from '../domain/rating/currency.ts'
import { formatMoney } from '../domain/rating/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { type BillingAccount, lockBillingAccount } from '../store/billing-account.ts'
import { type BillingProfile, listBillingProfiles, setBillingProfileStatus } from '../store/billing-profile.ts'
import { listBillingSubscriptions } from '../store/billing-subscription.ts'
import { type InvoiceSection, listInvoiceSections, setInvoiceSectionState } from '../store/invoice-section.ts'
import { loadCreditBalances } from '../store/payment.ts'
import { listRunningProducts } from '../store/product.ts'
import { listLinkedPaymentMethods } from '../store/payment-method.ts'
import { appendAudit } from './audit.ts'
import { authorizeBilling } from './authorize.ts'
import { requireProfile, requireSection } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { loadObligations } from './profile-obligations.ts'

/** Who may create a profile may delete one (A6); whether it could go is an answer and no error. */
export async function validateProfileDeletion(
  context: OperationContext,
  accountName: string,
  profileName: string,
): Promise<readonly DeleteObstacle[]> {
  const { account, profile } = await requireDeletableProfile(context, accountName, profileName)
  return findProfileObstacles(context, account, profile)
}

/** Its invoices, its costs and the history of what it paid for stay readable below its name (BIL-20). */
export async function deleteProfile(
  context: OperationContext,
  accountName: string,
  profileName: string,
): Promise<void> {
  const { account } = await requireDeletableProfile(context, accountName, profileName)
  await lockBillingAccount(context.db, account.name)
  const { profile } = await requireDeletableProfile(context, accountName, profileName)
  if (profile.status === 'Deleted') return
  refuseWhile(await findProfileObstacles(context, account, profile), 'BillingProfileNotEligibleForDelete', profile.name)
  const sections = (await listInvoiceSections(context.db, [profile.name])).filter(({ state }) => state !== 'Deleted')
  for (const section of sections) await setInvoiceSectionState(context.db, section.name, 'Deleted')
  await setBillingProfileStatus(context.db, profile.name, 'Deleted')
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingProfiles/delete',
    scope: billingProfileId(account.name, profile.name),
    before: { status: profile.status, sections: sections.map(({ name }) => name) },
    after: { status: 'Deleted' },
  })
}

async function requireDeletableProfile(
  context: OperationContext,
  accountName: string,
  profileName: string,
): Promise<{ account: BillingAccount; profile: BillingProfile }> {
  await authorizeBilling(context, 'A6', billingAccountId(accountName))
  const { access, profile } = await requireProfile(context, 'P3', accountName, profileName)
  return { account: access.account, profile }
}

async function findProfileObstacles(
  context: OperationContext,
  account: BillingAccount,
  profile: BillingProfile,
): Promise<readonly DeleteObstacle[]> {
  const { db } = context
  const others = (await listBillingProfiles(db, account.name)).filter(
    ({ name, status }) => name !== profile.name && status !== 'Deleted',
  )
  const left = (await loadCreditBalances(db, [profile.name])).get(profile.name)
  const links = await listLinkedPaymentMethods(db, [profile.name])
  return listProfileObstacles({
    ...(await loadObligations(context, profile)),
    // One that was cancelled can still be enabled, and then somebody has to pay.
    subscriptions: await listPaidFor(context, { profile: profile.name }),
    products: await listProductsPaid(context, { profile: profile.name }),
    isStandAlone: account.agreementType === 'MicrosoftOnlineServicesProgram',
    otherProfiles: others.length,
    credit: left === undefined ? undefined : formatMoney({ minor: left, currency: getCurrency(profile.currency) }),
    cards: links.filter(({ family }) => family === 'CreditCard'),
  })
}

/** Who may create a section may delete one (P11). */
export async function validateSectionDeletion(
  context: OperationContext,
  accountName: string,
  profileName: string,
  sectionName: string,
): Promise<readonly DeleteObstacle[]> {
  const { section } = await requireDeletableSection(context, accountName, profileName, sectionName)
  return findSectionObstacles(context, section)
}

/** What was charged to it still comes on the next invoice of its profile, in its block. */
export async function deleteSection(
  context: OperationContext,
  accountName: string,
  profileName: string,
  sectionName: string,
): Promise<void> {
  const scope = [accountName, profileName, sectionName] as const
  const { account } = await requireDeletableSection(context, ...scope)
  await lockBillingAccount(context.db, account.name)
  const { section } = await requireDeletableSection(context, ...scope)
  if (section.state === 'Deleted') return
  refuseWhile(await findSectionObstacles(context, section), 'InvoiceSectionNotEligibleForDelete', section.name)
  await setInvoiceSectionState(context.db, section.name, 'Deleted')
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections/delete',
    scope: invoiceSectionId(account.name, section.billingProfileName, section.name),
    before: { state: section.state, displayName: section.displayName },
    after: { state: 'Deleted' },
  })
}

async function requireDeletableSection(
  context: OperationContext,
  accountName: string,
  profileName: string,
  sectionName: string,
): Promise<{ account: BillingAccount; section: InvoiceSection }> {
  await authorizeBilling(context, 'P11', billingProfileId(accountName, profileName))
  const { access, section } = await requireSection(context, 'S3', accountName, profileName, sectionName)
  return { account: access.account, section }
}

async function findSectionObstacles(
  context: OperationContext,
  section: InvoiceSection,
): Promise<readonly DeleteObstacle[]> {
  const others = (await listInvoiceSections(context.db, [section.billingProfileName])).filter(
    ({ name, state }) => name !== section.name && state !== 'Deleted',
  )
  return listSectionObstacles({
    otherSections: others.length,
    subscriptions: await listPaidFor(context, { profile: section.billingProfileName, section: section.name }),
    products: await listProductsPaid(context, { section: section.name }),
  })
}

/** More than are shown, so that it can be said that there are more. */
async function listPaidFor(context: OperationContext, payer: { profile: string; section?: string }) {
  const subscriptions = await listBillingSubscriptions(context.db, payer, { limit: 100 })
  return subscriptions.map(({ subscriptionId, displayName }) => ({ id: subscriptionId, displayName }))
}

async function listProductsPaid(context: OperationContext, payer: { profile?: string; section?: string }) {
  const products = await listRunningProducts(context.db, payer, context.now)
  return products.map(({ id, offer }) => ({ id, displayName: offer.productName.en }))
}

function refuseWhile(obstacles: readonly DeleteObstacle[], code: string, name: string): void {
  if (obstacles.length === 0) return
  throw new Refusal('conflict', code, `'${name}' cannot be deleted yet. Do what the details say first.`, {
    details: obstacles,
  })
}
