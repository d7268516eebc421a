import { allowsBilling, type BillingGrant } from '../domain/access/billing-roles.ts'
import { mayReceiveAt } from '../domain/billing/transfer-recipient.ts'
import { notFound, type Refusal } from '../domain/refusal.ts'
import { listBillingAccountsOfPrincipal, loadBillingGrants } from '../store/access-facts.ts'
import { findTransfer, lockTransfer, type Transfer } from '../store/transfer.ts'
import { findRecipientFacts } from '../store/transfer-recipient.ts'
import type { OperationContext } from './context.ts'

/**
 * The addresses at which requests reach the caller: those of the account, if that account holds the owner or
 * contributor role of any account, profile or section that pays for something (OWN-1). Nobody else sees a request.
 */
export async function listRecipientAddresses(context: OperationContext): Promise<readonly string[]> {
  const { db, caller } = context
  if (caller.kind !== 'user') return []
  const facts = await findRecipientFacts(db, caller)
  const addresses = facts ? mayReceiveAt(facts) : []
  if (addresses.length === 0) return []
  for (const account of await listBillingAccountsOfPrincipal(db, caller)) {
    const grants = await loadBillingGrants(db, caller, account)
    if (grants.some((grant) => handsOver(grant))) return addresses
  }
  return []
}

const handsOver = (grant: BillingGrant): boolean => allowsBilling('U3', [grant], grant.scope)

export async function findReceivedTransfer(context: OperationContext, name: string): Promise<Transfer | undefined> {
  const transfer = await findTransfer(context.db, name)
  if (!transfer) return undefined
  const addresses = await listRecipientAddresses(context)
  return addresses.includes(transfer.recipientEmail.toLowerCase()) ? transfer : undefined
}

/** Other people's requests and those that do not exist look alike. */
export async function requireReceivedTransfer(context: OperationContext, name: string): Promise<Transfer> {
  const transfer = await findReceivedTransfer(context, name)
  if (!transfer) throw transferNotReceived(name)
  return transfer
}

/** The same, and nobody else answers it until the transaction ends. */
export async function lockReceivedTransfer(context: OperationContext, name: string): Promise<Transfer> {
  await requireReceivedTransfer(context, name)
  const transfer = await lockTransfer(context.db, name)
  if (!transfer) throw transferNotReceived(name)
  return transfer
}

function transferNotReceived(name: string): Refusal {
  return notFound(
    'TransferNotRecipient',
    `No transfer request '${name}' is addressed to you. Sign in as the person that it was sent to, in the tenant in which that person is owner or contributor of the billing account that pays.`,
  )
}
