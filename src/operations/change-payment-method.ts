import { billingAccountId, billingProfileId } from '../domain/billing/billing-ids.ts'
import { isExpired, parseCardExpiry, type PaymentFamily, refuseCardNumbers } from '../domain/billing/payment-method.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { conflict, invalid } from '../domain/refusal.ts'
import { lockBillingAccount } from '../store/billing-account.ts'
import type { BillingProfile } from '../store/billing-profile.ts'
import {
  attachPaymentMethod,
  detachPaymentMethod,
  insertPaymentMethod,
  isPaymentMethodNameTaken,
  listLinkedPaymentMethods,
  listPaymentMethods,
  type PaymentMethod,
  setDefaultPaymentMethod,
} from '../store/payment-method.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import { requireProfile } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { findAnyAccount } from './find-any-account.ts'
import { findMethodIn, getMethodOfProfile, type LinkView, paymentMethodNotFound } from './read-payment-method.ts'

export interface WantedPaymentMethod {
  readonly family: PaymentFamily | undefined
  readonly cardReference: string | undefined
  readonly cardType: string | undefined
  readonly lastFourDigits: string | undefined
  readonly expiration: string | undefined
  readonly accountHolderName: string | undefined
  readonly displayName: string | undefined
  readonly isDefault: boolean | undefined
  /** The method whose place it takes, at the same instant (BIL-22). */
  readonly replaces: string | undefined
}

/**
 * Adds a card to a profile, or attaches what the account has already (BIL-10, BIL-22). The first method of a profile is
 * its default. Replacing is always allowed, because the profile can pay before and after.
 */
export async function putPaymentMethod(
  context: OperationContext,
  accountName: string,
  profileName: string,
  name: string,
  wanted: WantedPaymentMethod,
): Promise<LinkView & { readonly isNew: boolean }> {
  const { access, profile } = await requireProfile(context, 'P16', accountName, profileName)
  const account = access.account.name
  requireInUse(profile)
  await lockBillingAccount(context.db, account)
  const known = await findMethodIn(context, account, name)
  const method = known ? requireSame(known, wanted, context.now) : await addCard(context, account, name, wanted)
  const links = await listLinkedPaymentMethods(context.db, [profile.name])
  const link = links.find((candidate) => candidate.name === method.name)
  const replaced = wanted.replaces?.toLowerCase()
  const old = replaced === undefined ? undefined : links.find((candidate) => candidate.name === replaced)
  if (wanted.replaces !== undefined && !old) throw paymentMethodNotFound(wanted.replaces)
  if (old && old.name === method.name)
    throw invalid('InvalidReplacement', 'A payment method cannot replace itself.', 'properties.replaces')
  if (!link) await attachPaymentMethod(context.db, profile.name, method.name, context.now)
  const becomesDefault = wanted.isDefault === true || links.every((one) => !one.isDefault) || old?.isDefault === true
  if (becomesDefault && link?.isDefault !== true)
    await setDefaultPaymentMethod(context.db, profile.name, method.name, context.now)
  if (old) await detachPaymentMethod(context.db, profile.name, old.name, context.now)
  if (!link || old || (becomesDefault && !link.isDefault))
    await appendAudit(context, {
      action: 'Microsoft.Billing/billingAccounts/billingProfiles/paymentMethods/write',
      scope: `${billingProfileId(account, profile.name)}/paymentMethodLinks/${method.name}`,
      before: links.map(visible),
      after: (await listLinkedPaymentMethods(context.db, [profile.name])).map(visible),
    })
  return { ...(await getMethodOfProfile(context, accountName, profileName, method.name)), isNew: !link }
}

/** What the profile pays by from now on. */
export async function makeDefaultPaymentMethod(
  context: OperationContext,
  accountName: string,
  profileName: string,
  name: string,
): Promise<LinkView> {
  const { access, profile } = await requireProfile(context, 'P16', accountName, profileName)
  requireInUse(profile)
  await lockBillingAccount(context.db, access.account.name)
  const links = await listLinkedPaymentMethods(context.db, [profile.name])
  const link = links.find((candidate) => candidate.name === name.toLowerCase())
  if (!link) throw paymentMethodNotFound(name)
  if (!link.isDefault) {
    requireUsable(link, context.now)
    await setDefaultPaymentMethod(context.db, profile.name, link.name, context.now)
    await appendAudit(context, {
      action: 'Microsoft.Billing/billingAccounts/billingProfiles/paymentMethods/makeDefault/action',
      scope: `${billingProfileId(access.account.name, profile.name)}/paymentMethodLinks/${link.name}`,
      before: { default: links.find((one) => one.isDefault)?.name ?? null },
      after: { default: link.name },
    })
  }
  return getMethodOfProfile(context, accountName, profileName, name)
}

/** BIL-10: payment by transfer is the seller's to allow; again for an account that has it changes nothing. */
export async function approveBankTransfer(
  context: OperationContext,
  accountName: string,
): Promise<{ readonly method: PaymentMethod; readonly isNew: boolean }> {
  authorizeOperator(context)
  const account = await findAnyAccount(context, accountName)
  await lockBillingAccount(context.db, account.name)
  const existing = (await listPaymentMethods(context.db, account.name)).find((one) => one.family === 'CheckWire')
  if (existing) return { method: existing, isNew: false }
  const method = await insertBankTransfer(context, account.name)
  await appendAudit(context, {
    action: 'Tenantry.Billing/bankTransferApprovals/write',
    scope: billingAccountId(account.name),
    after: visible(method),
  })
  return { method, isNew: true }
}

export async function insertBankTransfer(context: OperationContext, account: string): Promise<PaymentMethod> {
  const method: PaymentMethod = {
    name: context.random.uuid(),
    billingAccountName: account,
    family: 'CheckWire',
    displayName: 'Bank transfer',
    accountHolderName: null,
    cardType: null,
    lastFourDigits: null,
    expiresAt: null,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  }
  await insertPaymentMethod(context.db, { ...method, cardReference: null })
  return method
}

/** How a new profile pays: by transfer where the account may, else as the account's first profile does (BIL-6). */
export async function attachUsualMethod(
  context: OperationContext,
  account: string,
  profile: string,
  first: string | undefined,
): Promise<void> {
  const transfer = (await listPaymentMethods(context.db, account)).find((method) => method.family === 'CheckWire')
  const usual =
    transfer ?? (await listLinkedPaymentMethods(context.db, first ? [first] : [])).find((one) => one.isDefault)
  if (!usual) return
  await attachPaymentMethod(context.db, profile, usual.name, context.now)
  await setDefaultPaymentMethod(context.db, profile, usual.name, context.now)
}

async function addCard(
  context: OperationContext,
  account: string,
  name: string,
  wanted: WantedPaymentMethod,
): Promise<PaymentMethod> {
  const { cardReference, cardType, accountHolderName, displayName } = wanted
  refuseCardNumbers({ cardReference, paymentMethodType: cardType, accountHolderName, displayName })
  if (!isGuid(name))
    throw invalid(
      'InvalidPaymentMethodName',
      `'${name}' is no name of a payment method. Use a new GUID.`,
      'paymentMethodName',
    )
  if (wanted.family === 'CheckWire')
    throw conflict(
      'BankTransferNotApproved',
      'Payment by transfer is not approved for this account, or has another name. Ask the seller for it, and attach the one that the account lists.',
      'properties.family',
    )
  if (wanted.family === 'Credits')
    throw conflict(
      'CreditsAreGranted',
      'Credits are granted by the seller and used for invoices by themselves; they are not attached.',
      'properties.family',
    )
  const { lastFourDigits, expiration } = wanted
  const expiresAt = expiration === undefined ? undefined : parseCardExpiry(expiration)
  if (wanted.family !== 'CreditCard' || cardReference === undefined || lastFourDigits === undefined || !expiresAt)
    throw invalid(
      'InvalidPaymentMethod',
      "A card has 'family' CreditCard, the 'cardReference' that your payment provider keeps it under, 'lastFourDigits' and an 'expiration' such as 11/2027.",
      'properties',
    )
  requireUsable({ expiresAt }, context.now)
  if (await isPaymentMethodNameTaken(context.db, name.toLowerCase()))
    throw conflict('PaymentMethodNameTaken', `The name '${name}' is taken. Use a new GUID.`, 'paymentMethodName')
  const method: PaymentMethod = {
    name: name.toLowerCase(),
    billingAccountName: account,
    family: 'CreditCard',
    displayName: displayName ?? `Card ending in ${lastFourDigits}`,
    accountHolderName: accountHolderName ?? null,
    cardType: cardType ?? null,
    lastFourDigits,
    expiresAt,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  }
  await insertPaymentMethod(context.db, { ...method, cardReference })
  return method
}

/** A card does not change; what is on a new one makes a new method. */
function requireSame(known: PaymentMethod, wanted: WantedPaymentMethod, now: Date): PaymentMethod {
  const expiresAt = wanted.expiration === undefined ? known.expiresAt : parseCardExpiry(wanted.expiration)
  const isSame =
    (wanted.family === undefined || wanted.family === known.family) &&
    (wanted.lastFourDigits === undefined || wanted.lastFourDigits === known.lastFourDigits) &&
    expiresAt?.getTime() === known.expiresAt?.getTime()
  if (!isSame)
    throw conflict(
      'PaymentMethodExists',
      `The payment method '${known.name}' is another one. Add a renewed card under a new name, and let it replace this one.`,
      'paymentMethodName',
    )
  requireUsable(known, now)
  return known
}

function requireUsable(method: { readonly expiresAt: Date | null }, now: Date): void {
  if (isExpired(method, now))
    throw invalid('PaymentMethodExpired', 'The card has expired. Add another one.', 'properties.expiration')
}

function requireInUse({ name, status }: BillingProfile): void {
  if (status === 'Disabled' || status === 'Deleted')
    throw conflict(
      'BillingProfileInactive',
      `The billing profile '${name}' is ${status}, and a payment method does not bring it back. Create another profile.`,
    )
}

const visible = (method: PaymentMethod & { readonly isDefault?: boolean }) => ({
  name: method.name,
  family: method.family,
  lastFourDigits: method.lastFourDigits,
  expiresAt: method.expiresAt,
  isDefault: method.isDefault ?? false,
})
