import { hasValidPaymentMethod } from '../domain/billing/payment-method.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { notFound, type Refusal } from '../domain/refusal.ts'
import {
  findPaymentMethod,
  type LinkedPaymentMethod,
  listLinkedPaymentMethods,
  listPaymentMethods,
  listPaymentMethodsOfPrincipal,
  type PaymentMethod,
} from '../store/payment-method.ts'
import { requireBillingScope, requireProfile } from './billing-access.ts'
import type { OperationContext } from './context.ts'

/** OWN-3: whether a profile has something to pay by. Authorise before calling it. */
export async function canPay(context: Pick<OperationContext, 'db' | 'now'>, profileName: string): Promise<boolean> {
  return hasValidPaymentMethod(await listLinkedPaymentMethods(context.db, [profileName]), context.now)
}

export async function listMethodsOfAccount(context: OperationContext, account: string): Promise<PaymentMethod[]> {
  const id = await requireBillingScope(context, 'P15', { account, profile: undefined, section: undefined })
  return listPaymentMethods(context.db, id.split('/').at(-1) ?? '')
}

export async function getMethodOfAccount(
  context: OperationContext,
  account: string,
  name: string,
): Promise<PaymentMethod> {
  return requireOne(await listMethodsOfAccount(context, account), name)
}

export interface LinkView {
  readonly account: string
  readonly link: LinkedPaymentMethod
}

export async function listMethodsOfProfile(
  context: OperationContext,
  account: string,
  profileName: string,
): Promise<LinkView[]> {
  const { access, profile } = await requireProfile(context, 'P15', account, profileName)
  const links = await listLinkedPaymentMethods(context.db, [profile.name])
  return links.map((link) => ({ account: access.account.name, link }))
}

export async function getMethodOfProfile(
  context: OperationContext,
  account: string,
  profileName: string,
  name: string,
): Promise<LinkView> {
  const views = await listMethodsOfProfile(context, account, profileName)
  const view = views.find(({ link }) => link.name === name.toLowerCase())
  if (!view) throw paymentMethodNotFound(name)
  return view
}

/** What the caller added, and what belongs to accounts that were opened for the caller. */
export function listOwnMethods(context: OperationContext): Promise<PaymentMethod[]> {
  return listPaymentMethodsOfPrincipal(context.db, context.caller.objectId)
}

export async function getOwnMethod(context: OperationContext, name: string): Promise<PaymentMethod> {
  return requireOne(await listOwnMethods(context), name)
}

/** One of the account's that was not deleted, whoever asks. */
export async function findMethodIn(
  context: OperationContext,
  account: string,
  name: string,
): Promise<PaymentMethod | undefined> {
  const method = isGuid(name) ? await findPaymentMethod(context.db, name.toLowerCase()) : undefined
  return method?.billingAccountName === account ? method : undefined
}

function requireOne(methods: readonly PaymentMethod[], name: string): PaymentMethod {
  const method = methods.find((candidate) => candidate.name === name.toLowerCase())
  if (!method) throw paymentMethodNotFound(name)
  return method
}

export const paymentMethodNotFound = (name: string): Refusal =>
  notFound('PaymentMethodNotFound', `The payment method '${name}' could not be found.`)
