import type { TransferDestination } from '../domain/billing/transfer-item.ts'
import { findBillingAccount } from '../store/billing-account.ts'
import { findBillingProfile } from '../store/billing-profile.ts'
import { findInvoiceSection } from '../store/invoice-section.ts'
import type { Transfer } from '../store/transfer.ts'
import { findPriceListOf } from '../store/transfer-item.ts'
import type { OperationContext } from './context.ts'
import { canPay } from './read-payment-method.ts'

/** What would pay for a subscription, as it is now (OWN-3). */
export async function loadTransferDestination(
  context: OperationContext,
  transfer: Pick<Transfer, 'account' | 'profile' | 'section'>,
): Promise<TransferDestination> {
  const { db, now } = context
  const account = await findBillingAccount(db, transfer.account)
  const profile = await findBillingProfile(db, transfer.profile)
  const section = await findInvoiceSection(db, transfer.section)
  if (!account || !profile || !section) throw new Error(`the section ${transfer.section} has no profile or account`)
  return {
    accountName: account.name,
    accountStatus: account.accountStatus,
    agreementType: account.agreementType,
    profileName: profile.displayName,
    profileStatus: profile.status,
    currency: profile.currency,
    priceListName: await findPriceListOf(db, profile.name, now),
    sectionState: section.state,
    hasPaymentMethod: await canPay(context, profile.name),
  }
}
