import type { BillingTask } from '../domain/access/billing-roles.ts'
import {
  billingAccountId,
  billingProfileId,
  type BillingScope,
  invoiceSectionId,
  parseBillingScope,
} from '../domain/billing/billing-ids.ts'
import {
  endOnCancel,
  endWithoutRenewal,
  policyRefusal,
  productStatusAt,
  purchaseRefusal,
} from '../domain/billing/product.ts'
import { decideSubscriptionMove, type MoveDecision, moveTask } from '../domain/billing/subscription-move.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { conflict, invalid, notFound, type Refusal } from '../domain/refusal.ts'
import { lockBillingAccount } from '../store/billing-account.ts'
import { findBillingProfile } from '../store/billing-profile.ts'
import { findInvoiceSection } from '../store/invoice-section.ts'
import { lockProductOffer } from '../store/product-offer.ts'
import { findProduct, insertProduct, listProducts, type Product, setRenewal } from '../store/product.ts'
import { endProduct, placeProduct } from '../store/product-placement.ts'
import { appendAudit } from './audit.ts'
import { allowsBillingTask, authorizeBilling } from './authorize.ts'
import { requireAccount, requireProfile, requireSection } from './billing-access.ts'
import { refusalOf } from './billing-subscription.ts'
import type { OperationContext } from './context.ts'

const productId = (product: Pick<Product, 'account' | 'id'>): string =>
  `${billingAccountId(product.account)}/products/${product.id}`
const scopeOf = ({ account, profile, section }: Product): string => invoiceSectionId(account, profile, section)

export async function listProductsOf(
  context: OperationContext,
  scope: BillingScope,
  page: { after?: string | undefined; limit: number },
): Promise<Product[]> {
  if (scope.profile !== undefined && scope.section !== undefined) {
    const { section } = await requireSection(context, 'S5', scope.account, scope.profile, scope.section)
    return listProducts(context.db, { section: section.name }, page)
  }
  if (scope.profile !== undefined) {
    const { profile } = await requireProfile(context, 'P12', scope.account, scope.profile)
    return listProducts(context.db, { profile: profile.name }, page)
  }
  const { account } = await requireAccount(context, 'A10', scope.account)
  return listProducts(context.db, { account: account.name }, page)
}

export async function getProduct(context: OperationContext, account: string, id: string): Promise<Product> {
  return requireProduct(context, account, id, 'S5')
}

/** Buys an offer for a section (S6); the same purchase again is the same product. */
export async function purchaseProduct(
  context: OperationContext,
  scope: { readonly account: string; readonly profile: string; readonly section: string },
  name: string,
  offerName: string,
): Promise<{ product: Product; isNew: boolean }> {
  const { access } = await requireSection(context, 'S6', scope.account, scope.profile, scope.section)
  if (!isGuid(name)) throw invalid('InvalidProductName', `'${name}' is no name of a product. Use a new GUID.`, 'name')
  const id = name.toLowerCase()
  const account = access.account.name
  await lockBillingAccount(context.db, account)
  // What was read before the lock may have been changed by whoever held it.
  const { profile, section } = await requireSection(context, 'S6', account, scope.profile, scope.section)
  const existing = await findProduct(context.db, id)
  if (existing) {
    if (existing.account === account && existing.section === section.name && existing.offer.name === offerName)
      return { product: existing, isNew: false }
    throw conflict('ProductNameTaken', `The name '${id}' is taken. Buy with a new GUID.`, 'name')
  }
  const offer = await lockProductOffer(context.db, offerName)
  if (!offer) throw invalid('ProductOfferNotFound', `There is no product offer '${offerName}'.`, 'properties.offerName')
  const refusal = purchaseRefusal(offer, profile, section)
  if (refusal) throw refusal
  await insertProduct(context.db, {
    id,
    account,
    offer: offer.name,
    purchasedAt: context.now,
    purchasedBy: context.caller.objectId,
  })
  const place = { account, profile: profile.name, section: section.name }
  await placeProduct(context.db, id, place, context.now, null)
  await appendAudit(context, {
    action: 'Tenantry.Billing/productPurchases/write',
    scope: productId({ account, id }),
    after: { offer: offer.name, monthlyPrice: offer.monthlyPrices, ...place },
  })
  return { product: await requireStored(context, id), isNew: true }
}

/** Off: it ends with the calendar month; On again before that: it goes on (A11, P13, S6). */
export async function renewProduct(
  context: OperationContext,
  account: string,
  id: string,
  autoRenew: boolean | undefined,
): Promise<Product> {
  const product = await lockProduct(context, account, id, 'S6')
  if (autoRenew === undefined || product.autoRenew === autoRenew) return product
  requireRunning(context, product)
  const endsAt = autoRenew ? null : endWithoutRenewal(context.now)
  await setRenewal(context.db, product.id, { autoRenew, isCancelled: false })
  await endProduct(context.db, product.id, product.placedAt, endsAt)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/products/write',
    scope: productId(product),
    before: { autoRenew: product.autoRenew, endsAt: product.endsAt?.toISOString() ?? null },
    after: { autoRenew, endsAt: endsAt?.toISOString() ?? null },
  })
  return requireStored(context, product.id)
}

const taskAt = (scope: BillingScope): BillingTask => {
  if (scope.section !== undefined) return 'S6'
  return scope.profile === undefined ? 'A11' : 'P13'
}

/** Ends a product now, asked for where it is: in its account, its profile or its section. */
export async function cancelProduct(context: OperationContext, scope: BillingScope, id: string): Promise<Product> {
  const task = taskAt(scope)
  const at =
    scope.section === undefined
      ? scope.profile === undefined
        ? billingAccountId(scope.account)
        : billingProfileId(scope.account, scope.profile)
      : invoiceSectionId(scope.account, scope.profile ?? '', scope.section)
  await authorizeBilling(context, task, at)
  const product = await lockProduct(context, scope.account, id, task, at)
  const isHere = (wanted: string | undefined, is: string): boolean =>
    wanted === undefined || wanted.toUpperCase() === is.toUpperCase()
  if (!isHere(scope.profile, product.profile) || !isHere(scope.section, product.section)) throw productNotFound(id)
  requireRunning(context, product)
  const endsAt = endOnCancel(context.now, product.placedAt)
  await setRenewal(context.db, product.id, { autoRenew: false, isCancelled: true })
  await endProduct(context.db, product.id, product.placedAt, endsAt)
  await appendAudit(context, {
    action: 'Tenantry.Billing/products/cancel/action',
    scope: productId(product),
    before: { autoRenew: product.autoRenew, endsAt: product.endsAt?.toISOString() ?? null },
    after: { autoRenew: false, endsAt: endsAt.toISOString() },
  })
  return requireStored(context, product.id)
}

/** The day of the move and what follows is charged to the destination; what was before stays where it was (DEC-46). */
export async function moveProduct(
  context: OperationContext,
  account: string,
  id: string,
  destinationId: string,
): Promise<Product> {
  const product = await lockProduct(context, account, id, 'S5')
  const { decision, refusal } = await decideProductMove(context, product, destinationId)
  if (decision.kind === 'refused') throw refusalOf(decision)
  if (decision.kind === 'unchanged') return product
  if (refusal) throw refusal
  const place = { account: product.account, profile: decision.profile, section: decision.section }
  await placeProduct(context.db, product.id, place, context.now, product.endsAt)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/products/move/action',
    scope: productId(product),
    before: { profile: product.profile, section: product.section },
    after: { profile: decision.profile, section: decision.section, at: context.now.toISOString() },
  })
  return requireStored(context, product.id)
}

/** Whether the same move would be made, and if not, why; not being eligible is an answer and no error. */
export async function validateProductMove(
  context: OperationContext,
  account: string,
  id: string,
  destinationId: string,
): Promise<{ readonly code: string; readonly message: string } | undefined> {
  const product = await requireProduct(context, account, id, 'S5')
  const { decision, refusal } = await decideProductMove(context, product, destinationId)
  if (decision.kind === 'refused') return { code: decision.refusal, message: decision.message }
  return decision.kind === 'moved' ? refusal : undefined
}

/** S7 within a profile, P14 between two, on both ends; `refusal`: what only products are refused for. */
async function decideProductMove(
  context: OperationContext,
  product: Product,
  destinationId: string,
): Promise<{ decision: MoveDecision; refusal: Refusal | undefined }> {
  const destination = parseBillingScope(destinationId)
  const source = { ...product, state: 'Active' }
  const isProfileChange = moveTask(source, destination) === 'U4'
  const task = isProfileChange ? 'P14' : 'S7'
  const [profileName, sectionName] = [destination?.profile ?? '', destination?.section ?? '']
  const profile = await findBillingProfile(context.db, profileName)
  const decision = decideSubscriptionMove(
    source,
    destination,
    {
      mayLeave: await allowsBillingTask(
        context,
        task,
        isProfileChange ? billingProfileId(product.account, product.profile) : scopeOf(product),
      ),
      mayArrive: await allowsBillingTask(
        context,
        task,
        isProfileChange
          ? billingProfileId(product.account, profileName)
          : invoiceSectionId(product.account, profileName, sectionName),
      ),
      profile,
      section: await findInvoiceSection(context.db, sectionName),
    },
    'product',
  )
  const section = { name: sectionName, state: 'Active' }
  const refusal =
    inactiveRefusal(context, product) ??
    (isProfileChange && profile
      ? (policyRefusal(product.offer, profile) ?? purchaseRefusal(product.offer, profile, section))
      : undefined)
  return { decision, refusal }
}

function inactiveRefusal(context: OperationContext, product: Product): Refusal | undefined {
  const status = productStatusAt(product, context.now)
  if (status === 'Active' || status === 'Expiring') return undefined
  return conflict(
    'ProductInactive',
    `The product '${product.id}' is ${status} and does not change any more. Buy another one.`,
  )
}

function requireRunning(context: OperationContext, product: Product): void {
  const refusal = inactiveRefusal(context, product)
  if (refusal) throw refusal
}

/** The product as it is once nobody else changes products or profiles of the account. */
async function lockProduct(
  context: OperationContext,
  account: string,
  id: string,
  task: BillingTask,
  at?: string,
): Promise<Product> {
  const seen = await requireProduct(context, account, id, task, at)
  await lockBillingAccount(context.db, seen.account)
  return requireProduct(context, account, id, task, at)
}

async function requireProduct(
  context: OperationContext,
  account: string,
  id: string,
  task: BillingTask,
  at?: string,
): Promise<Product> {
  const found = isGuid(id) ? await findProduct(context.db, id.toLowerCase()) : undefined
  if (found && found.account.toLowerCase() === account.toLowerCase()) {
    await authorizeBilling(context, task, at ?? scopeOf(found))
    return found
  }
  await authorizeBilling(context, at === undefined ? 'A10' : task, at ?? billingAccountId(account))
  throw productNotFound(id)
}

const productNotFound = (id: string): Refusal => notFound('ProductNotFound', `The product '${id}' could not be found.`)

async function requireStored(context: OperationContext, id: string): Promise<Product> {
  const product = await findProduct(context.db, id)
  if (!product) throw new Error(`the product ${id} was not stored`)
  return product
}
