import { type BillingScope, parseBillingScope } from '../domain/billing/billing-ids.ts'
import type { InvoiceDocument } from '../domain/billing/invoice-document.ts'
import { type Statement, statementOf, type StatementView } from '../domain/billing/statement.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { type BillingPeriod, endOfPeriod, startOfPeriod } from '../domain/rating/billing-period.ts'
import { forbidden, invalid, notFound } from '../domain/refusal.ts'
import { listPlacementHistory } from '../store/billing-placement.ts'
import { type BillingProfile, findBillingProfile } from '../store/billing-profile.ts'
import { findInvoiceOfMonth, loadInvoiceDocument } from '../store/invoice.ts'
import { authorizeResource } from './authorize.ts'
import { requireProfile, requireSection } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { composePending } from './preview-invoice.ts'
import { requirePeriod } from './run-invoices.ts'

/** What a reader may see of the costs at a scope, by payer: usually one, two where the payer changed (INV-11). */
export interface CostScope {
  readonly profiles: readonly BillingProfile[]
  readonly view: StatementView
}

/**
 * The statement of a profile, a section or a subscription for a month: from the issued document, and until there is one
 * from the same code, labelled as an estimate (INV-3). Holders of a resource role see their own subscription's (INV-16).
 */
export async function readStatements(
  context: OperationContext,
  scope: string,
  periodName: string,
): Promise<Statement[]> {
  const period = requirePeriod(periodName)
  const { profiles, view } = await authorizeCostScope(context, scope, period)
  const statements: Statement[] = []
  for (const profile of profiles) {
    const statement = statementOf(await readDocument(context, profile, period), view)
    if (statement.sections.length > 0 || profiles.length === 1) statements.push(statement)
  }
  return statements
}

export async function readDocument(
  context: OperationContext,
  profile: BillingProfile,
  period: BillingPeriod,
): Promise<InvoiceDocument> {
  const issued = await findInvoiceOfMonth(context.db, profile.name, period)
  if (issued) return JSON.parse(await loadInvoiceDocument(context.db, issued.id)) as InvoiceDocument
  return (await composePending(context, profile, period)).document
}

export async function authorizeCostScope(
  context: OperationContext,
  scope: string,
  period: BillingPeriod,
): Promise<CostScope> {
  const billing = parseBillingScope(scope)
  if (billing) return authorizeBillingScope(context, billing)
  const subscriptionId = /^\/*subscriptions\/+([^/]+)\/*$/i.exec(scope)?.[1]?.toLowerCase()
  if (subscriptionId === undefined || !isGuid(subscriptionId))
    throw invalid('InvalidScope', 'Costs are read at a subscription, a billing profile or an invoice section.', 'scope')
  await authorizeResource(context, 'Microsoft.Consumption/usageDetails/read', `/subscriptions/${subscriptionId}`)
  return { profiles: await payersOf(context, subscriptionId, period), view: { subscriptionId } }
}

async function authorizeBillingScope(context: OperationContext, scope: BillingScope): Promise<CostScope> {
  const { account, profile, section } = scope
  if (profile === undefined)
    throw invalid('InvalidScope', 'An account has one statement for each billing profile. Ask at a profile.', 'scope')
  if (section === undefined) {
    const found = await requireProfile(context, 'P9', account, profile)
    return { profiles: [found.profile], view: {} }
  }
  const found = await requireSection(context, 'S8', account, profile, section)
  return { profiles: [found.profile], view: { section: found.section.name } }
}

/** Who pays for the month's usage, which may be reported until now. End customers of a partner see nothing (INV-16). */
async function payersOf(
  context: OperationContext,
  subscriptionId: string,
  period: BillingPeriod,
): Promise<BillingProfile[]> {
  const history = await listPlacementHistory(context.db, subscriptionId)
  const start = startOfPeriod(period)
  const inMonth = history.filter(({ to }) => to === null || to > start)
  const relevant = inMonth.filter(({ from }) => from < endOfPeriod(period) || inMonth[0]?.from === from)
  if (relevant.some(({ customer }) => customer !== null))
    throw forbidden(
      'AuthorizationFailed',
      'The costs of this subscription are between you and the partner who sells it. Ask the partner.',
      { details: [{ code: 'CostsHiddenByPartner', message: 'A partner pays for this subscription.' }] },
    )
  const profiles: BillingProfile[] = []
  for (const name of new Set(relevant.map(({ profile }) => profile))) {
    const profile = await findBillingProfile(context.db, name)
    if (profile) profiles.push(profile)
  }
  if (profiles.length === 0) throw notFound('PayerNotFound', `Nobody pays for the subscription '${subscriptionId}'.`)
  return profiles
}
