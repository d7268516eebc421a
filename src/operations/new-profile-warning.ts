import { findSplitExamples, type SplitExample, splitWarningOf } from '../domain/billing/split-warning.ts'
import { findVersionOn } from '../domain/rating/price-list.ts'
import { listBillingProfiles } from '../store/billing-profile.ts'
import { listPriceListAssignments, loadPriceLists } from '../store/price-list.ts'
import { requireAccount } from './billing-access.ts'
import type { OperationContext } from './context.ts'

export interface NewProfileWarning {
  readonly message: string
  readonly examples: readonly SplitExample[]
}

/** BIL-7: to be shown before a second profile is made; undefined where there is none yet. */
export async function findNewProfileWarning(
  context: OperationContext,
  accountName: string,
): Promise<NewProfileWarning | undefined> {
  const { account } = await requireAccount(context, 'A6', accountName)
  return warnOfSplit(context, account.name)
}

/** By the prices that the account's first profile has today, which a new one gets, too. Authorise before calling it. */
export async function warnOfSplit(
  context: Pick<OperationContext, 'db' | 'now'>,
  accountName: string,
): Promise<NewProfileWarning | undefined> {
  const profiles = (await listBillingProfiles(context.db, accountName)).filter(({ status }) => status !== 'Deleted')
  const [first] = profiles.toSorted((left, right) => left.createdAt.getTime() - right.createdAt.getTime())
  if (!first) return undefined
  const assignments = await listPriceListAssignments(context.db, [first.name])
  const current = assignments.find(
    ({ from, to }) => (from === null || from <= context.now) && (to === null || context.now < to),
  )
  const list = current && (await loadPriceLists(context.db, [current.priceListName])).get(current.priceListName)
  const version = list && findVersionOn(list, context.now.toISOString().slice(0, 10))
  const examples = list && version ? findSplitExamples(version.prices, list.currency) : []
  return { message: splitWarningOf(examples), examples }
}
