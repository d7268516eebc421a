import { isMailAddress } from '../domain/mail/address.ts'
import { type MailText, transferAnswerMail, transferRequestMail } from '../domain/mail/transfer-mail.ts'
import { findBillingAccount } from '../store/billing-account.ts'
import { findBillingProfile } from '../store/billing-profile.ts'
import type { NewTransfer } from '../store/transfer.ts'
import type { OperationContext } from './context.ts'
import type { TransferView } from './initiate-transfer.ts'
import { queueMail } from './queue-mail.ts'
import { transferId } from './transfer-id.ts'

/** In the language of the invoices that the section is on; the link is also shown to who asked (DEC-45). */
export async function notifyRecipient(context: OperationContext, transfer: NewTransfer): Promise<void> {
  const { facts, language } = await loadFacts(context, transfer)
  await send(context, transfer, transfer.recipientEmail, 'transfer-request', transferRequestMail(facts, language))
}

/** Tells who asked what became of the request. */
export async function notifyInitiator(context: OperationContext, transfer: TransferView): Promise<void> {
  const { status: answer } = transfer
  if (answer !== 'Completed' && answer !== 'CompletedWithErrors' && answer !== 'Declined') return
  const { facts, language } = await loadFacts(context, transfer)
  const of = (status: 'Completed' | 'Failed'): string[] =>
    transfer.outcomes
      .filter((outcome) => outcome.status === status)
      .map(({ displayName, subscriptionId, error }) =>
        [`${displayName} (${subscriptionId})`, ...(error ? [error.message] : [])].join(': '),
      )
  const { responsibleFrom } = transfer
  const outcome = { answer, responsibleFrom, handedOver: of('Completed'), leftBehind: of('Failed') }
  const mail = transferAnswerMail({ ...facts, ...outcome }, language)
  await send(context, transfer, transfer.initiatorEmail, 'transfer-answer', mail)
}

async function loadFacts({ db, settings }: OperationContext, transfer: NewTransfer) {
  const account = await findBillingAccount(db, transfer.account)
  const profile = await findBillingProfile(db, transfer.profile)
  const { recipientEmail, initiatorEmail, expiresAt, name } = transfer
  const link = `${settings.baseUrl}/providers/Microsoft.Billing/transfers/${name}?api-version=2024-04-01`
  return {
    facts: { accountName: account?.displayName ?? transfer.account, recipientEmail, initiatorEmail, expiresAt, link },
    language: profile?.language ?? 'en',
  }
}

/** Sign-in names that are no addresses, and applications, get no mail: whoever it concerns sees the request all the same. */
async function send(
  context: OperationContext,
  transfer: NewTransfer,
  to: string,
  kind: string,
  mail: MailText,
): Promise<void> {
  if (isMailAddress(to)) await queueMail(context, { to, ...mail, kind, relatedTo: transferId(transfer) })
}
