import { deleteForGood } from '../operations/delete-for-good.ts'
import { expireDirectoryChange } from '../operations/request-directory-change.ts'
import { expireCreationRequest } from '../operations/request-subscription.ts'
import { invoiceMailWork, mailInvoice } from '../operations/notify-payer.ts'
import {
  type DueWorkKinds,
  type InTransaction,
  runDueWorkOneByOne,
  runDueWorkUpTo,
} from '../operations/run-due-work.ts'
import { expireInvitation } from '../operations/manage-invitation.ts'
import { expireBillingRequest } from '../operations/answer-billing-request.ts'
import { billingRequestExpiry } from '../operations/open-billing-request.ts'
import { expireTransfer } from '../operations/expire-transfer.ts'
import { transferExpiry } from '../operations/initiate-transfer.ts'
import type { RunDueWork } from '../operations/set-sandbox-clock.ts'
import { arrearsWork, lookForArrears } from '../operations/settle-profile.ts'

/** What `scheduleDueWork` can ask for, by its kind. Each looks at the state that it finds and may find nothing to do. */
const kinds: DueWorkKinds = {
  [arrearsWork]: lookForArrears,
  [invoiceMailWork]: mailInvoice,
  'directory/deletedItems/purge': deleteForGood,
  'directory/invitations/expire': expireInvitation,
  [transferExpiry]: expireTransfer,
  'subscriptions/acceptOwnership/expire': expireCreationRequest,
  [billingRequestExpiry]: expireBillingRequest,
  'subscriptions/changeTenantRequest/expire': expireDirectoryChange,
}

/** When a sandbox sets its clock: all of it or nothing, with the setting. */
export const runDueWork: RunDueWork = (context, upTo) => runDueWorkUpTo(kinds, context, upTo)

/** By the real clock: one piece after the other, and what fails is tried again the next time. */
export const runDueWorkByTheClock = (
  inTransaction: InTransaction,
  onFailure: (error: unknown) => void,
): Promise<void> => runDueWorkOneByOne(kinds, inTransaction, onFailure)
