import { finalAt } from '../domain/directory/deleted-item.ts'
import { findDeletedItemAnywhere, purgeItem } from '../store/deleted-item.ts'
import { lockTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'
import type { DoDueWork } from './run-due-work.ts'
import { scheduleDueWork } from './schedule-due-work.ts'

/** TEN-22: what was deleted now is gone for good in thirty days, unless it is restored. */
export async function scheduleFinalDeletion(context: OperationContext, id: string): Promise<void> {
  await scheduleDueWork(context, { dueAt: finalAt(context.now), kind: 'directory/deletedItems/purge', payload: { id } })
}

/** What was restored stays, and what was then deleted again has its own thirty days. */
export const deleteForGood: DoDueWork = async (context, payload) => {
  const found = await findDeletedItemAnywhere(context.db, String(payload.id))
  if (!found) return
  await lockTenant(context.db, found.tenantId)
  const item = await findDeletedItemAnywhere(context.db, found.id)
  if (!item || finalAt(item.deletedAt) > context.now) return
  await purgeItem(context.db, item, context.now)
  await appendAudit(context, {
    action: 'deletedItems/expire',
    scope: `/tenants/${item.tenantId}/directory/deletedItems/${item.id}`,
    before: { kind: item.kind, deletedAt: item.deletedAt },
  })
}
