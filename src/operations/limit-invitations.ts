import { addressKey } from '../domain/directory/invitation.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Db } from '../store/db.ts'
import { countSendings, deleteSendingsBefore, insertSending } from '../store/invitation.ts'
import type { OperationContext } from './context.ts'
import { hashSecret } from './secret-hash.ts'

const dayMs = 86_400_000
/** S24: in a day by the machine's clock, which nobody sets. */
const largestOfTenant = 1000
const largestToAddress = 10

/** Counts an invitation that goes out, and refuses the one that would flood a person or make a relay of the tenant. */
export async function limitInvitations(context: OperationContext, tenantId: string, address: string): Promise<void> {
  const now = context.wallClock.now()
  const since = new Date(now.getTime() - dayMs)
  const addressHash = hashSecret(addressKey(address))
  const ofTenant = await countSendings(context.db, { tenantId }, since)
  if (ofTenant.count >= largestOfTenant)
    throw tooMany(`The tenant sent ${largestOfTenant} invitations within a day.`, ofTenant.oldest, since)
  const toAddress = await countSendings(context.db, { addressHash }, since)
  if (toAddress.count >= largestToAddress)
    throw tooMany(`${largestToAddress} invitations went to this address within a day.`, toAddress.oldest, since)
  await insertSending(context.db, { tenantId, addressHash, sentAt: now })
}

/** What no limit looks at any more is not kept. */
export const forgetOldSendings = (db: Db, at: Date): Promise<void> =>
  deleteSendingsBefore(db, new Date(at.getTime() - dayMs))

function tooMany(what: string, oldest: Date | null, since: Date): Refusal {
  const waitMs = oldest === null ? dayMs : oldest.getTime() - since.getTime()
  return new Refusal('throttled', 'TooManyRequests', `${what} Try again later.`, {
    details: [{ code: 'InvitationLimitReached', message: what }],
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  })
}
