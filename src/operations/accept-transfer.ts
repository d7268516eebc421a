import { billingAccountId } from '../domain/billing/billing-ids.ts'
import { decideTransferAnswer } from '../domain/billing/transfer.ts'
import type { TransferItemReview } from '../domain/billing/transfer-item.ts'
import { conflict, invalid, Refusal } from '../domain/refusal.ts'
import { lockBillingAccount } from '../store/billing-account.ts'
import { shareBillingProfiles } from '../store/billing-profile.ts'
import { type Payer, placeSubscription } from '../store/billing-placement.ts'
import { setCostCenter } from '../store/billing-subscription.ts'
import { lockSubscription } from '../store/subscription.ts'
import { changeTransfer, type Transfer } from '../store/transfer.ts'
import { insertTransferOutcome, listTransferable, type TransferableSubscription } from '../store/transfer-item.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'
import { requireStored, type TransferView, viewOf } from './initiate-transfer.ts'
import { notifyInitiator } from './notify-transfer.ts'
import { type ChosenProduct, reviewProducts, subscriptionIdOf } from './recipient-transfer.ts'
import { transferId } from './transfer-id.ts'
import { lockReceivedTransfer } from './transfer-recipient.ts'
import { requireTransferTerms } from './transfer-terms.ts'

/**
 * RecipientTransfers_Accept: the chosen subscriptions are billed to the section that asked, all from one instant on
 * (OWN-2, OWN-9). What cannot go keeps everything back until it is deselected (OWN-5); what stops being able to go
 * while this waits for it stays behind, and the rest goes.
 */
export async function acceptTransfer(
  context: OperationContext,
  name: string,
  wanted: { readonly products: readonly ChosenProduct[]; readonly isTermsAccepted: boolean },
): Promise<TransferView> {
  const { db, now, caller } = context
  const transfer = await lockReceivedTransfer(context, name)
  const products = distinctProducts(wanted.products)
  const chosen = products.map(({ productId }) => subscriptionIdOf(productId)).toSorted()
  const isSame = transfer.chosen?.join() === chosen.join()
  const decision = decideTransferAnswer(transfer, 'InProgress', now, isSame)
  if (decision.kind === 'refused') throw conflict(decision.code, decision.message)
  if (decision.kind === 'repeated') return viewOf(context, transfer)
  if (products.length === 0)
    throw invalid(
      'NoProductsSelected',
      'Name in productDetails the subscriptions to hand over. Decline the request to hand over none.',
      'properties.productDetails',
    )
  requireReady(await reviewProducts(context, transfer, products))
  const sources = await listTransferable(db, chosen, now)
  const terms = await requireTransferTerms(context, wanted.isTermsAccepted, [
    ...new Set(sources.map(({ account }) => account)),
  ])
  const by = { tenantId: caller.tenantId, objectId: caller.objectId, at: now }
  await changeTransfer(db, name, { status: 'InProgress', by, terms, chosen })
  const responsibleFrom = await execute(context, transfer, products, chosen)
  await appendAudit(context, {
    action: 'Microsoft.Billing/transfers/accept/action',
    scope: transferId(transfer),
    before: { transferStatus: transfer.status },
    after: { chosen, terms, responsibleFrom: responsibleFrom?.toISOString() ?? null },
  })
  const view = await viewOf(context, await requireStored(context, name))
  await notifyInitiator(context, view)
  return view
}

/** One product named twice, or in two spellings, is one. */
function distinctProducts(products: readonly ChosenProduct[]): ChosenProduct[] {
  const byId = new Map(products.map((product) => [subscriptionIdOf(product.productId), product]))
  return [...byId.values()]
}

function requireReady(reviews: readonly TransferItemReview[]): void {
  const failed = reviews.filter((review) => review.status === 'Failed')
  if (failed.length === 0) return
  const details = failed.flatMap(({ productId, results }) =>
    results.map(({ code, message }) => ({ code, message, target: productId })),
  )
  throw new Refusal(
    'conflict',
    'TransferItemsNotReady',
    `${failed.length} of ${reviews.length} products cannot be transferred. Deselect them, or do what the details say, and accept again.`,
    { details },
  )
}

/** Looks at each again under its lock and moves what still can go, under the lock that holds back usage. */
async function execute(
  context: OperationContext,
  transfer: Transfer,
  products: readonly ChosenProduct[],
  chosen: readonly string[],
): Promise<Date | null> {
  const { db, now } = context
  // No profile or section of the destination is closed meanwhile.
  await lockBillingAccount(db, transfer.account)
  const payers = (await listTransferable(db, chosen, now)).map(({ profile }) => profile)
  // Before the subscriptions, as whoever settles a profile does, so that no payer falls behind meanwhile.
  await shareBillingProfiles(db, [transfer.profile, ...payers])
  for (const id of chosen) await lockSubscription(db, id, now)
  const reviews = new Map(
    (await reviewProducts(context, transfer, products)).map((review) => [subscriptionIdOf(review.productId), review]),
  )
  const sources = new Map((await listTransferable(db, chosen, now)).map((source) => [source.subscriptionId, source]))
  let responsibleFrom: Date | null = null
  for (const id of chosen) {
    const review = reviews.get(id)
    const source = sources.get(id)
    if (review?.status === 'Failed' || !source) {
      const { code, message } = review?.results[0] ?? { code: 'ProductNotFound', message: 'Nobody pays for it.' }
      await insertTransferOutcome(db, transfer.name, { subscriptionId: id, status: 'Failed', error: { code, message } })
      continue
    }
    // The lock is held from the first to the last, so the instant is the same for all.
    responsibleFrom = await handOver(context, transfer, source)
    await insertTransferOutcome(db, transfer.name, { subscriptionId: id, status: 'Completed', error: null })
  }
  const isWhole = [...reviews.values()].every((review) => review.status !== 'Failed')
  const status = isWhole ? 'Completed' : 'CompletedWithErrors'
  await changeTransfer(db, transfer.name, { status, responsibleFrom })
  return responsibleFrom
}

/** Only who pays changes (OWN-8). What the payer before noted for itself does not move along (OWN-10). */
async function handOver(
  context: OperationContext,
  transfer: Transfer,
  source: TransferableSubscription,
): Promise<Date> {
  const { subscriptionId } = source
  const at = await placeSubscription(context.db, {
    subscriptionId,
    ...payerOf(transfer),
    at: context.now,
  })
  await setCostCenter(context.db, subscriptionId, null)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingSubscriptions/move/action',
    scope: `${billingAccountId(source.account)}/billingSubscriptions/${subscriptionId}`,
    before: { profile: source.profile, section: source.section, customer: source.customer },
    after: { ...payerOf(transfer), at: at.toISOString(), transfer: transfer.name },
  })
  return at
}

function payerOf({ name, profile, section, customer }: Transfer): Payer {
  if (section !== null) return { profile, section }
  if (customer !== null) return { profile, customer }
  throw new Error(`the transfer ${name} has no destination`)
}
