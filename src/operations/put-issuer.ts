import type { Seller } from '../domain/billing/seller.ts'
import { canonicalJson } from '../domain/rating/canonical-json.ts'
import { findDecimal, zero } from '../domain/rating/decimal.ts'
import { invalid, notFound } from '../domain/refusal.ts'
import { findLatestSeller, findSeller, insertSeller } from '../store/seller.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'

export type WantedSeller = Omit<Seller, 'version' | 'effectiveFrom'>

const issuerId = '/providers/Tenantry.Billing/issuer'

/** Each change is a version; a document keeps the seller that it was issued by (BIL-24). */
export async function putIssuer(
  context: OperationContext,
  wanted: WantedSeller,
): Promise<{ seller: Seller; isNew: boolean }> {
  authorizeOperator(context)
  for (const { country, rate } of wanted.taxRates) {
    const percent = findDecimal(rate)
    if (!percent || percent.lt(zero))
      throw invalid(
        'InvalidTaxRate',
        `The tax rate of ${country} must be a percentage as text, such as "25".`,
        'properties.taxRates',
      )
  }
  const latest = await findLatestSeller(context.db)
  if (latest && canonicalJson(termsOf(latest)) === canonicalJson(wanted)) return { seller: latest, isNew: false }
  const { now } = context
  // Two versions cannot begin at one instant; in the sandbox, time may stand still between them.
  const effectiveFrom = latest && latest.effectiveFrom >= now ? new Date(latest.effectiveFrom.getTime() + 1) : now
  const seller = { ...wanted, version: (latest?.version ?? 0) + 1, effectiveFrom }
  await insertSeller(context.db, { ...seller, createdAt: now })
  await appendAudit(context, {
    action: 'Tenantry.Billing/issuer/write',
    scope: issuerId,
    ...(latest ? { before: termsOf(latest) } : {}),
    after: wanted,
  })
  return { seller, isNew: !latest }
}

export async function getIssuer(context: OperationContext): Promise<Seller> {
  authorizeOperator(context)
  const seller = await findLatestSeller(context.db)
  if (seller) return seller
  throw notFound('IssuerNotFound', `Nobody is named as issuer yet. PUT ${issuerId} says who sells.`)
}

/** Whose invoices are issued now. A sandbox sells in a name that nobody can take for a company's. */
export async function findIssuer(
  context: Pick<OperationContext, 'db' | 'now' | 'settings'>,
): Promise<Seller | undefined> {
  const seller = (await findSeller(context.db, context.now)) ?? (await findLatestSeller(context.db))
  if (seller || !context.settings.isSandbox) return seller
  return {
    version: 0,
    effectiveFrom: new Date(0),
    legalName: 'Sandbox seller',
    address: {},
    taxId: '',
    bankDetails: {},
    paymentTermsDays: 30,
    taxRates: [],
  }
}

function termsOf({ version: _, effectiveFrom: __, ...terms }: Seller): WantedSeller {
  return terms
}
