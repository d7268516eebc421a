import { billingProfileId } from '../domain/billing/billing-ids.ts'
import { listObligations, type Obligation } from '../domain/billing/payment-method.ts'
import { forbidden, Refusal } from '../domain/refusal.ts'
import { lockBillingAccount } from '../store/billing-account.ts'
import { setBillingProfileStatus } from '../store/billing-profile.ts'
import {
  deletePaymentMethod,
  detachPaymentMethod as detachInStore,
  endDefaultPaymentMethod,
  findAccountCreator,
  listLinkedPaymentMethods,
  listProfilesOfPaymentMethod,
} from '../store/payment-method.ts'
import { appendAudit } from './audit.ts'
import { requireProfile } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { loadObligations } from './profile-obligations.ts'
import { listOwnMethods } from './read-payment-method.ts'

/**
 * The default goes only from a profile that nothing is billed to and that owes nothing, which is inactive from then on,
 * for good (BIL-11). Any other method goes at once. False when the profile does not have it.
 */
export async function detachPaymentMethod(
  context: OperationContext,
  accountName: string,
  profileName: string,
  name: string,
): Promise<boolean> {
  const { access, profile } = await requireProfile(context, 'P16', accountName, profileName)
  await lockBillingAccount(context.db, access.account.name)
  const links = await listLinkedPaymentMethods(context.db, [profile.name])
  const link = links.find((candidate) => candidate.name === name.toLowerCase())
  if (!link) return false
  if (link.isDefault) {
    const obligations = listObligations(await loadObligations(context, profile))
    if (obligations.length > 0) throw notEligible(profile.name, obligations)
    await endDefaultPaymentMethod(context.db, profile.name, context.now)
    await setBillingProfileStatus(context.db, profile.name, 'Disabled')
  }
  await detachInStore(context.db, profile.name, link.name, context.now)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingProfiles/paymentMethods/delete',
    scope: `${billingProfileId(access.account.name, profile.name)}/paymentMethodLinks/${link.name}`,
    before: { family: link.family, isDefault: link.isDefault, status: profile.status },
    after: link.isDefault ? { status: 'Disabled' } : undefined,
  })
  return true
}

function notEligible(profile: string, obligations: readonly Obligation[]): Refusal {
  return new Refusal(
    'conflict',
    'PaymentMethodNotEligibleForDetach',
    `The billing profile '${profile}' needs its default payment method. To pay by another one, make that the default or let it replace this one. To close the profile, do what the details say first.`,
    { details: obligations },
  )
}

/** Only who the account was opened for deletes a card (BIL-11), and none that a profile still has. */
export async function deleteOwnPaymentMethod(context: OperationContext, name: string): Promise<boolean> {
  const method = (await listOwnMethods(context)).find((candidate) => candidate.name === name.toLowerCase())
  if (!method) return false
  if ((await findAccountCreator(context.db, method.billingAccountName)) !== context.caller.objectId)
    throw forbidden(
      'AuthorizationFailed',
      `The client '${context.caller.name}' with object id '${context.caller.objectId}' did not open the billing account, and only who did deletes its payment methods.`,
      {
        details: [{ code: 'AccountCreatorRequired', message: 'Ask the person who signed up for the billing account.' }],
      },
    )
  await lockBillingAccount(context.db, method.billingAccountName)
  const profiles = await listProfilesOfPaymentMethod(context.db, method.name)
  if (profiles.length > 0)
    throw new Refusal(
      'conflict',
      'PaymentMethodNotEligibleForDetach',
      'Billing profiles still have this payment method. Let another one replace it, or detach it, on each of them.',
      {
        details: profiles.map((profile) => ({
          code: 'AttachedToBillingProfile',
          message: `The billing profile '${profile}' has it.`,
        })),
      },
    )
  await deletePaymentMethod(context.db, method.name, context.now)
  await appendAudit(context, {
    action: 'Microsoft.Billing/paymentMethods/delete',
    scope: `/providers/Microsoft.Billing/paymentMethods/${method.name}`,
    before: { family: method.family, lastFourDigits: method.lastFourDigits },
  })
  return true
}
