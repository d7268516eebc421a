import { addsCancelling, addsCreation } from '../domain/access/billing-roles-edition.ts'
import { invoiceSectionId } from '../domain/billing/billing-ids.ts'
import { findBillingAccountTenant, loadBillingGrants } from '../store/access-facts.ts'
import { findBillingSubscription } from '../store/billing-subscription.ts'
import type { OperationContext } from './context.ts'

/** BIL-17: whether the edition that this installation follows lets the caller create in a section beyond row S9. */
export async function mayCreateByEdition(
  context: OperationContext,
  accountName: string,
  section: string,
): Promise<boolean> {
  const { db, caller, settings } = context
  if (settings.billingRolesEdition === '2021') return false
  const account = await findBillingAccountTenant(db, accountName)
  if (!account) return false
  return addsCreation(settings.billingRolesEdition, await loadBillingGrants(db, caller, account.name), section)
}

/** BIL-17: whether the caller created the subscription and may for that cancel it, without a resource role. */
export async function mayCancelByEdition(
  context: OperationContext,
  subscription: { readonly id: string; readonly createdBy: string } | undefined,
): Promise<boolean> {
  const { db, caller, settings } = context
  if (settings.billingRolesEdition === '2021' || subscription === undefined) return false
  const payer = await findBillingSubscription(db, subscription.id)
  if (!payer || payer.section === null) return false
  const section = invoiceSectionId(payer.account, payer.profile, payer.section)
  const grants = await loadBillingGrants(db, caller, payer.account)
  return addsCancelling(settings.billingRolesEdition, grants, section, subscription.createdBy === caller.objectId)
}
