import { transferStatusAt } from '../domain/billing/transfer.ts'
import { changeTransfer, lockTransfer } from '../store/transfer.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'
import { transferAction, transferId } from './transfer-id.ts'

/** Notes the expiry of a request that nobody answered (OWN-7); one that was answered stays as it is. */
export async function expireTransfer(
  context: OperationContext,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  const transfer = await lockTransfer(context.db, String(payload.name))
  if (transfer?.status !== 'Pending' || transferStatusAt(transfer, context.now) !== 'Expired') return
  await changeTransfer(context.db, transfer.name, { status: 'Expired' })
  await appendAudit(context, {
    action: transferAction(transfer, 'expire/action'),
    scope: transferId(transfer),
    before: { transferStatus: transfer.status },
    after: { transferStatus: 'Expired' },
  })
}
