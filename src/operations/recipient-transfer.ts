import { decideTransferAnswer } from '../domain/billing/transfer.ts'
import { notIntendedRecipient, reviewTransferItem, type TransferItemReview } from '../domain/billing/transfer-item.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { conflict } from '../domain/refusal.ts'
import { changeTransfer, listTransfers, type Transfer } from '../store/transfer.ts'
import { listTransferable, type TransferableSubscription } from '../store/transfer-item.ts'
import { appendAudit } from './audit.ts'
import { allowsBillingTask } from './authorize.ts'
import { scopeOf } from './billing-subscription.ts'
import type { OperationContext } from './context.ts'
import { requireStored, type TransferView, viewOf, viewsOf } from './initiate-transfer.ts'
import { notifyInitiator } from './notify-transfer.ts'
import { loadTransferDestination } from './transfer-destination.ts'
import { transferId } from './transfer-id.ts'
import {
  findReceivedTransfer,
  listRecipientAddresses,
  lockReceivedTransfer,
  requireReceivedTransfer,
} from './transfer-recipient.ts'

export interface ChosenProduct {
  readonly productType: string
  readonly productId: string
}

export async function listReceivedTransfers(
  context: OperationContext,
  page: { after?: string | undefined; limit: number },
): Promise<TransferView[]> {
  const recipients = await listRecipientAddresses(context)
  if (recipients.length === 0) return []
  return viewsOf(context, await listTransfers(context.db, { recipients }, page))
}

export async function getReceivedTransfer(context: OperationContext, name: string): Promise<TransferView> {
  return viewOf(context, await requireReceivedTransfer(context, name))
}

/** RecipientTransfers_Validate: not being able to hand something over is an answer and no error (OWN-5). */
export async function validateTransfer(
  context: OperationContext,
  name: string,
  products: readonly ChosenProduct[],
): Promise<TransferItemReview[]> {
  const transfer = await findReceivedTransfer(context, name)
  if (!transfer) return products.map(({ productId }) => notIntendedRecipient(productId))
  return reviewProducts(context, transfer, products)
}

/** What the recipient may not see of its payer is not there for the recipient. */
export async function reviewProducts(
  context: OperationContext,
  transfer: Transfer,
  products: readonly ChosenProduct[],
): Promise<TransferItemReview[]> {
  const { db, now } = context
  const destination = await loadTransferDestination(context, transfer)
  const ids = [...new Set(products.map(({ productId }) => subscriptionIdOf(productId)))].filter(isGuid)
  const known = new Map<string, TransferableSubscription & { mayHandOver: boolean }>()
  for (const found of await listTransferable(db, ids, now)) {
    const scope = scopeOf(found)
    if (!(await allowsBillingTask(context, 'S8', scope))) continue
    known.set(found.subscriptionId, { ...found, mayHandOver: await allowsBillingTask(context, 'U3', scope) })
  }
  return products.map(({ productType, productId }) =>
    reviewTransferItem({ productType, productId, subscription: known.get(subscriptionIdOf(productId)) }, destination),
  )
}

/** A product is named by the subscription's id, alone or as a resource id. */
export const subscriptionIdOf = (productId: string): string =>
  productId
    .replace(/^\/*subscriptions\/+/i, '')
    .replace(/\/+$/, '')
    .toLowerCase()

/** RecipientTransfers_Decline. */
export async function declineTransfer(context: OperationContext, name: string): Promise<TransferView> {
  const { db, now, caller } = context
  const transfer = await lockReceivedTransfer(context, name)
  const decision = decideTransferAnswer(transfer, 'Declined', now, true)
  if (decision.kind === 'refused') throw conflict(decision.code, decision.message)
  if (decision.kind === 'repeated') return viewOf(context, transfer)
  const by = { tenantId: caller.tenantId, objectId: caller.objectId, at: now }
  await changeTransfer(db, name, { status: 'Declined', by })
  await appendAudit(context, {
    action: 'Microsoft.Billing/transfers/decline/action',
    scope: transferId(transfer),
    before: { transferStatus: transfer.status },
    after: { transferStatus: 'Declined' },
  })
  const view = await viewOf(context, await requireStored(context, name))
  await notifyInitiator(context, view)
  return view
}
