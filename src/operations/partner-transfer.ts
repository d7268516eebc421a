import { partnerTransferDays } from '../domain/billing/transfer.ts'
import { type BillingTask } from '../domain/access/billing-roles.ts'
import { findTransfer, listTransfers, lockTransfer } from '../store/transfer.ts'
import { findCustomerIn } from './billing-customer.ts'
import { requireProfile } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import {
  requireSent,
  sendTransfer,
  takeBack,
  type TransferView,
  viewOf,
  viewsOf,
  type WantedTransfer,
} from './initiate-transfer.ts'

/** A customer of the partner whose account it is, on the profile that would pay. */
export interface CustomerPath {
  readonly account: string
  readonly profile: string
  readonly customer: string
}

/**
 * PartnerTransfers_Initiate: the partner that a customer has accepted too asks the present one for subscriptions of that
 * customer (OWN-14). The answer is given as to any transfer, and changes who pays and nothing else.
 */
export async function initiatePartnerTransfer(
  context: OperationContext,
  path: CustomerPath,
  name: string,
  wanted: WantedTransfer,
): Promise<{ transfer: TransferView; isNew: boolean }> {
  const { account, profile, customer } = await requireCustomerPath(context, 'S12', path)
  const destination = { account, profile, section: null, customer, expiryDays: partnerTransferDays }
  return sendTransfer(context, destination, name, wanted)
}

export async function listPartnerTransfers(
  context: OperationContext,
  path: CustomerPath,
  page: { after?: string | undefined; limit: number },
): Promise<TransferView[]> {
  const { profile, customer } = await requireCustomerPath(context, 'P3', path)
  return viewsOf(context, await listTransfers(context.db, { profile, customer }, page))
}

export async function getPartnerTransfer(
  context: OperationContext,
  path: CustomerPath,
  name: string,
): Promise<TransferView> {
  const from = await requireCustomerPath(context, 'P3', path)
  return viewOf(context, requireSent(await findTransfer(context.db, name), from, name))
}

/** PartnerTransfers_Cancel: while nobody has answered (OWN-6, OWN-14). */
export async function cancelPartnerTransfer(
  context: OperationContext,
  path: CustomerPath,
  name: string,
): Promise<TransferView> {
  const from = await requireCustomerPath(context, 'S12', path)
  return takeBack(context, requireSent(await lockTransfer(context.db, name), from, name))
}

async function requireCustomerPath(
  context: OperationContext,
  task: BillingTask,
  path: CustomerPath,
): Promise<CustomerPath> {
  const { access, profile } = await requireProfile(context, task, path.account, path.profile)
  const { customer } = await findCustomerIn(context, access.account.name, path.customer)
  return { account: access.account.name, profile: profile.name, customer: customer.tenantId }
}
