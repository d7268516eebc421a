import type { TransferDestination } from '../domain/billing/transfer-item.ts'
import { findBillingAccount } from '../store/billing-account.ts'
import { findBillingProfile } from '../store/billing-profile.ts'
import { findCustomer } from '../store/customer.ts'
import { listCustomerAgreements } from '../store/customer-agreement.ts'
import { findInvoiceSection } from '../store/invoice-section.ts'
import { findPartnerOfAccount } from '../store/partner.ts'
import type { Transfer } from '../store/transfer.ts'
import { findPriceListOf } from '../store/transfer-item.ts'
import type { OperationContext } from './context.ts'
import { canPay } from './read-payment-method.ts'

/** What would pay for a subscription, as it is now (OWN-3). */
export async function loadTransferDestination(
  context: OperationContext,
  transfer: Pick<Transfer, 'account' | 'profile' | 'section' | 'customer'>,
): Promise<TransferDestination> {
  const { db, now } = context
  const account = await findBillingAccount(db, transfer.account)
  const profile = await findBillingProfile(db, transfer.profile)
  const section = transfer.section === null ? undefined : await findInvoiceSection(db, transfer.section)
  const customer = transfer.customer === null ? null : await loadCustomer(context, transfer.account, transfer.customer)
  if (!account || !profile || !(section ?? customer))
    throw new Error(`the destination in ${transfer.profile} has no profile or account`)
  return {
    accountName: account.name,
    accountStatus: account.accountStatus,
    agreementType: account.agreementType,
    profileName: profile.displayName,
    profileStatus: profile.status,
    currency: profile.currency,
    priceListName: await findPriceListOf(db, profile.name, now),
    // A partner is invoiced and pays by transfer as its agreement says; a section needs a method that is set up.
    sectionState: section?.state ?? 'Active',
    hasPaymentMethod: customer !== null || (await canPay(context, profile.name)),
    customer,
  }
}

/** OWN-14: whether the partner may sell to the customer, as it is now. */
async function loadCustomer({ db }: OperationContext, account: string, name: string) {
  const partner = await findPartnerOfAccount(db, account)
  const customer = partner && (await findCustomer(db, partner.id, name))
  if (!partner || !customer) throw new Error(`the account ${account} has no customer ${name}`)
  return {
    name: customer.tenantId,
    isRelated: customer.isRelated,
    hasAgreement: (await listCustomerAgreements(db, partner.id, customer.tenantId)).length > 0,
  }
}
