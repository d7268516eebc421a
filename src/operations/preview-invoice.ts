import { billingProfileId, type BillingScope } from '../domain/billing/billing-ids.ts'
import { type ComposedInvoice, composeInvoice } from '../domain/billing/compose-invoice.ts'
import type { InvoiceDocument } from '../domain/billing/invoice-document.ts'
import type { BillingPeriod } from '../domain/rating/billing-period.ts'
import { conflict, notFound } from '../domain/refusal.ts'
import { type BillingProfile, findBillingProfile, listBillingProfilesByName } from '../store/billing-profile.ts'
import type { Db } from '../store/db.ts'
import { listProfilesOfPeriod } from '../store/invoice-run.ts'
import { appendAudit } from './audit.ts'
import { authorizeBilling, authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { loadInvoiceFacts } from './load-invoice-facts.ts'
import { type LongRunningWorker, startLongRunning } from './long-running.ts'
import { findIssuer } from './put-issuer.ts'
import { requirePeriod } from './run-invoices.ts'
import { withUsageSnapshot } from './usage-snapshot.ts'
import type { Cutoff } from '../usage/usage-store.ts'

/**
 * What the month's invoice of a profile would be, made by the same code as the invoice itself: nothing but `issue`
 * differs from the final bytes (INV-3).
 */
export async function previewInvoice(
  context: OperationContext,
  scope: BillingScope,
  periodName: string,
): Promise<InvoiceDocument> {
  const period = requirePeriod(periodName)
  return (await composeNow(context, await requireProfile(context, scope), period)).document
}

/** The same without asking who asks: what is on no invoice yet, up to the end of the month. */
export async function composeNow(
  context: OperationContext,
  profile: BillingProfile,
  period: BillingPeriod,
): Promise<ComposedInvoice> {
  const cutoff = await context.usage.cutoff(context.db)
  return single(await composeFor({ ...context, isTransaction: true }, [profile], period, cutoff))
}

/** Makes the month's invoice as it would be now. On the pool, where usage goes on being committed beside it. */
export async function composePending(
  context: OperationContext,
  profile: BillingProfile,
  period: BillingPeriod,
): Promise<ComposedInvoice> {
  const cutoff = { batchId: 0n, reportedUntil: null }
  return single(await composeFor({ ...context, isTransaction: false }, [profile], period, cutoff))
}

async function composeFor(
  context: Pick<OperationContext, 'db' | 'usage' | 'now' | 'settings'> & { readonly isTransaction: boolean },
  profiles: readonly BillingProfile[],
  period: BillingPeriod,
  cutoff: Cutoff,
): Promise<ComposedInvoice[]> {
  const seller = await findIssuer(context)
  if (!seller)
    throw conflict(
      'IssuerNotFound',
      'Nobody is named as issuer. The operator does so with PUT /providers/Tenantry.Billing/issuer.',
    )
  const loaded = await loadInvoiceFacts({
    read: context.db,
    ...(context.isTransaction ? { tx: transactionOf(context.db) } : {}),
    usage: context.usage,
    profiles,
    period,
    cutoff,
    seller,
    lists: new Map(),
    rates: new Map(),
  })
  return loaded.map(({ facts }) => composeInvoice(facts))
}

const transactionOf = (db: Db): Db => db

function single(composed: readonly ComposedInvoice[]): ComposedInvoice {
  const [first] = composed
  if (!first) throw new Error('a preview of one profile gave no document')
  return first
}

async function requireProfile(context: OperationContext, scope: BillingScope): Promise<BillingProfile> {
  const id = billingProfileId(scope.account, scope.profile ?? '')
  if (!context.caller.isOperator) await authorizeBilling(context, 'P7', id)
  const profile = await findBillingProfile(context.db, scope.profile ?? '')
  if (profile && profile.billingAccountName.toLowerCase() === scope.account.toLowerCase()) return profile
  throw notFound('BillingProfileNotFound', `The billing profile '${scope.profile ?? ''}' could not be found.`)
}

export const invoicePreviewKind = 'invoicePreview'
interface PreviewInput {
  readonly period: string
}

/** How many documents a preview of a whole run shows; it counts and sums all of them. */
const shownDocuments = 100
const profilesInChunk = 100

export interface RunPreview {
  readonly period: string
  readonly profiles: readonly {
    readonly profile: string
    readonly documentType: string
    readonly currency: string
    readonly total: string
    readonly lines: number
    /** As text, because a database that keeps JSON by its meaning would give the keys back in another order. */
    readonly documentText: string | undefined
  }[]
  readonly unpriced: readonly {
    readonly profile: string
    readonly subscriptionId: string
    readonly meterId: string
    readonly quantity: string
    readonly reason: string
  }[]
}

export async function requestRunPreview(context: OperationContext, name: string): Promise<string> {
  authorizeOperator(context)
  const period = requirePeriod(name)
  const input: PreviewInput = { period }
  await appendAudit(context, {
    action: 'Tenantry.Billing/invoiceRuns/preview/action',
    scope: `/providers/Tenantry.Billing/invoiceRuns/${period}`,
  })
  return startLongRunning(context, {
    kind: invoicePreviewKind,
    scope: `/providers/Tenantry.Billing/invoiceRuns/${period}`,
    input,
  })
}

export function invoicePreviewWorker(pool: Db): LongRunningWorker {
  return async (context, { period: name }: PreviewInput): Promise<RunPreview> => {
    const period = requirePeriod(name)
    return withUsageSnapshot(pool, context.usage, async ({ read, cutoff }) => {
      const names = await listProfilesOfPeriod(read, period)
      const profiles: RunPreview['profiles'][number][] = []
      const unpriced: RunPreview['unpriced'][number][] = []
      for (let from = 0; from < names.length; from += profilesInChunk) {
        const chunk = await listBillingProfilesByName(read, names.slice(from, from + profilesInChunk))
        const composed = await composeFor({ ...context, db: read, isTransaction: true }, chunk, period, cutoff)
        for (const one of composed) {
          const { document } = one
          const profile = document.billingProfile.name
          profiles.push({
            profile,
            documentType: document.documentType,
            currency: document.currency,
            total: document.summary.total,
            lines: one.lines.length,
            documentText: profiles.length < shownDocuments ? JSON.stringify(document) : undefined,
          })
          for (const { record, reason } of one.unpriced)
            unpriced.push({
              profile,
              subscriptionId: record.subscriptionId,
              meterId: record.meterId,
              quantity: record.quantity,
              reason,
            })
        }
      }
      return { period, profiles, unpriced }
    })
  }
}
