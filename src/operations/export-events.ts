import { invalid } from '../domain/refusal.ts'
import type { ExplainedEvent, Page } from '../usage/usage-store.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'

export type { ExplainedEvent }

/** Every event with a usage time in [from, to), over all tenants, with the way it took. */
export async function listReportedEvents(
  context: OperationContext,
  range: { readonly from: Date; readonly to: Date },
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<ExplainedEvent>> {
  authorizeOperator(context)
  if (range.to <= range.from) throw invalid('InvalidDateRange', "'to' must be after 'from'.", 'to')
  return context.usage.reportedUsage({
    ...range,
    limit: page.limit,
    ...(page.after === undefined ? {} : { after: page.after }),
  })
}
