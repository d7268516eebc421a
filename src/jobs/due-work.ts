import { deleteLongCancelledSubscriptions } from '../operations/delete-subscription.ts'
import type { RunDueWork } from '../operations/set-sandbox-clock.ts'

/** What falls due by the business clock, up to an instant. Doing it again, or in another process, changes nothing. */
export const runDueWork: RunDueWork = async (context, upTo) => {
  await deleteLongCancelledSubscriptions(context, upTo)
}
