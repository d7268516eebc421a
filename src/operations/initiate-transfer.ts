import { decideTransferAnswer, isTransferName, transferStatusAt } from '../domain/billing/transfer.ts'
import { reviewDestination } from '../domain/billing/transfer-item.ts'
import { conflict, invalid, notFound } from '../domain/refusal.ts'
import {
  changeTransfer,
  findTransfer,
  insertTransfer,
  listTransfers,
  lockTransfer,
  type NewTransfer,
  type Transfer,
} from '../store/transfer.ts'
import { listTransferOutcomes, type TransferOutcome } from '../store/transfer-item.ts'
import { findUser } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import { requireSection } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { notifyRecipient } from './notify-transfer.ts'
import { scheduleDueWork } from './schedule-due-work.ts'
import { loadTransferDestination } from './transfer-destination.ts'
import {
  destinationId,
  type SectionPath,
  type TransferDestinationPath,
  transferAction,
  transferId,
} from './transfer-id.ts'
import { requireTransferTerms } from './transfer-terms.ts'

/** A request with the state that holds now, and what became of what was handed over. */
export interface TransferView extends Transfer {
  readonly outcomes: readonly TransferOutcome[]
}

/** Kind of the due work that notes an expiry. */
export const transferExpiry = 'billing-transfer-expiry'
const dayMs = 86_400_000

/**
 * Transfers_Initiate: whoever may bill subscriptions to the section asks the person of an address to hand over theirs
 * (OWN-1, OWN-2). Which ones is for that person to say.
 */
export async function initiateTransfer(
  context: OperationContext,
  path: SectionPath,
  name: string,
  wanted: WantedTransfer,
): Promise<{ transfer: TransferView; isNew: boolean }> {
  const { access, profile, section } = await requireSection(context, 'S12', path.account, path.profile, path.section)
  const destination = {
    account: access.account.name,
    profile: profile.name,
    section: section.name,
    customer: null,
    expiryDays: context.settings.transferExpiryDays,
  }
  return sendTransfer(context, destination, name, wanted)
}

export interface WantedTransfer {
  readonly recipientEmail: string
  readonly isTermsAccepted: boolean
}

/** Sends a request for a destination that the caller may ask for; authorise before calling it. */
export async function sendTransfer(
  context: OperationContext,
  { expiryDays, ...destination }: TransferDestinationPath & { readonly expiryDays: number },
  name: string,
  wanted: WantedTransfer,
): Promise<{ transfer: TransferView; isNew: boolean }> {
  const { db, now, caller } = context
  if (!isTransferName(name))
    throw invalid(
      'InvalidTransferName',
      'The name of a transfer is up to 64 letters, digits, hyphens and underscores, and begins with a letter or digit.',
      'transferName',
    )
  const existing = await findTransfer(db, name)
  if (existing) return { transfer: await sameRequest(context, existing, destination, wanted), isNew: false }
  const terms = await requireTransferTerms(context, wanted.isTermsAccepted, [destination.account])
  const refusal = reviewDestination(await loadTransferDestination(context, destination))
  if (refusal) throw conflict(refusal.code, refusal.message)
  const transfer: NewTransfer = {
    name,
    ...destination,
    recipientEmail: wanted.recipientEmail,
    initiatorEmail: await emailOfCaller(context),
    initiatedBy: caller.objectId,
    initiatorTenantId: caller.tenantId,
    initiatedAt: now,
    initiatorTerms: terms,
    expiresAt: new Date(now.getTime() + expiryDays * dayMs),
  }
  if (!(await insertTransfer(db, transfer))) throw nameTaken(name)
  await scheduleDueWork(context, { dueAt: transfer.expiresAt, kind: transferExpiry, payload: { name } })
  await appendAudit(context, {
    action: transferAction(transfer, 'write'),
    scope: transferId(transfer),
    after: {
      recipientEmailId: transfer.recipientEmail,
      expirationTime: transfer.expiresAt.toISOString(),
      terms,
    },
  })
  await notifyRecipient(context, transfer)
  return { transfer: await viewOf(context, await requireStored(context, name)), isNew: true }
}

/** The same request again changes nothing; the name of another one is taken, whoever made that. */
async function sameRequest(
  context: OperationContext,
  existing: Transfer,
  destination: TransferDestinationPath,
  { recipientEmail }: { readonly recipientEmail: string },
): Promise<TransferView> {
  if (destinationId(existing) !== destinationId(destination)) throw nameTaken(existing.name)
  const isSame = existing.recipientEmail.toLowerCase() === recipientEmail.toLowerCase()
  if (isSame && transferStatusAt(existing, context.now) === 'Pending') return viewOf(context, existing)
  throw conflict(
    'TransferExists',
    isSame
      ? `The transfer request '${existing.name}' was answered or has ended. Make a new one under another name.`
      : `The transfer request '${existing.name}' is addressed to somebody else. Cancel it, or use another name.`,
  )
}

export async function listTransfersOfSection(
  context: OperationContext,
  path: SectionPath,
  page: { after?: string | undefined; limit: number },
): Promise<TransferView[]> {
  const { section } = await requireSection(context, 'S3', path.account, path.profile, path.section)
  return viewsOf(context, await listTransfers(context.db, { section: section.name }, page))
}

export async function getTransfer(context: OperationContext, path: SectionPath, name: string): Promise<TransferView> {
  const { section } = await requireSection(context, 'S3', path.account, path.profile, path.section)
  return viewOf(context, requireSent(await findTransfer(context.db, name), { section: section.name }, name))
}

/** Transfers_Cancel: by whoever could have made the request, while it waits (OWN-6). */
export async function cancelTransfer(
  context: OperationContext,
  path: SectionPath,
  name: string,
): Promise<TransferView> {
  const { section } = await requireSection(context, 'S12', path.account, path.profile, path.section)
  return takeBack(context, requireSent(await lockTransfer(context.db, name), { section: section.name }, name))
}

/** The request must be locked, and the caller may have made it; authorise before calling it. */
export async function takeBack(context: OperationContext, transfer: Transfer): Promise<TransferView> {
  const { db, now } = context
  const { name } = transfer
  const decision = decideTransferAnswer(transfer, 'Canceled', now, true)
  if (decision.kind === 'refused') throw conflict(decision.code, decision.message)
  if (decision.kind === 'repeated') return viewOf(context, transfer)
  await changeTransfer(db, name, { status: 'Canceled', canceledBy: await emailOfCaller(context) })
  await appendAudit(context, {
    action: transferAction(transfer, 'cancel/action'),
    scope: transferId(transfer),
    before: { transferStatus: transfer.status },
    after: { transferStatus: 'Canceled' },
  })
  return viewOf(context, await requireStored(context, name))
}

/** The state that holds now, also before anything has noted that the request expired. */
export async function viewsOf(context: OperationContext, transfers: readonly Transfer[]): Promise<TransferView[]> {
  const outcomes = await listTransferOutcomes(
    context.db,
    transfers.map((transfer) => transfer.name),
  )
  return transfers.map((transfer) => ({
    ...transfer,
    status: transferStatusAt(transfer, context.now),
    outcomes: outcomes.filter((outcome) => outcome.transferName === transfer.name),
  }))
}

export async function viewOf(context: OperationContext, transfer: Transfer): Promise<TransferView> {
  const [view] = await viewsOf(context, [transfer])
  if (!view) throw new Error(`the transfer ${transfer.name} has no view`)
  return view
}

export async function requireStored(context: OperationContext, name: string): Promise<Transfer> {
  const stored = await findTransfer(context.db, name)
  if (!stored) throw new Error(`the transfer ${name} was not stored`)
  return stored
}

/** Requests of other sections and customers look like none. */
export function requireSent(
  transfer: Transfer | undefined,
  from: { readonly section: string } | { readonly profile: string; readonly customer: string },
  name: string,
): Transfer {
  const isSent =
    'section' in from
      ? transfer?.section === from.section
      : transfer?.profile === from.profile && transfer.customer === from.customer
  if (transfer && isSent) return transfer
  const what = 'section' in from ? 'The section has made no' : 'Nobody has asked for the customer by a'
  throw notFound('TransferNotFound', `${what} transfer request '${name}'.`)
}

/** What the other side sees of who asked: an address to answer to, or the name of an application. */
export async function emailOfCaller({ db, caller }: OperationContext): Promise<string> {
  const user = caller.kind === 'user' ? await findUser(db, caller.tenantId, caller.objectId) : undefined
  return user?.mail ?? caller.name
}

const nameTaken = (name: string) =>
  conflict('TransferNameNotAvailable', `The name '${name}' is taken by another transfer request. Use another name.`)
