import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import {
  approveBankTransfer,
  makeDefaultPaymentMethod,
  putPaymentMethod,
} from '../../operations/change-payment-method.ts'
import type { OperationContext } from '../../operations/context.ts'
import { deleteOwnPaymentMethod, detachPaymentMethod } from '../../operations/detach-payment-method.ts'
import {
  getMethodOfAccount,
  getMethodOfProfile,
  getOwnMethod,
  listMethodsOfAccount,
  listMethodsOfProfile,
  listOwnMethods,
} from '../../operations/read-payment-method.ts'
import {
  fromWirePaymentMethod,
  paymentMethodBody,
  toWireAccountMethod,
  toWireLink,
  toWireOwnMethod,
} from './payment-method.wire.ts'

const published = { apiVersions: ['2024-04-01'], authentication: 'bearer' } as const
const ours = { apiVersions: ['2026-11-01'], authentication: 'bearer' } as const
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`
const link = `${profile}/paymentMethodLinks/{paymentMethodName}`
const own = '/providers/Microsoft.Billing/paymentMethods'
const added = `${profile}/providers/Tenantry.Billing/paymentMethods/{paymentMethodName}`

const accountOf = (request: ApiRequest): string => pathParameter(request, 'billingAccountName')
const profileOf = (request: ApiRequest): string => pathParameter(request, 'billingProfileName')
const nameOf = (request: ApiRequest): string => pathParameter(request, 'paymentMethodName')

/** How an account pays. What Azure publishes looks and takes away; adding and choosing are ours. */
export const paymentMethodOperations: readonly Operation<OperationContext>[] = [
  {
    ...published,
    id: 'PaymentMethods_ListByBillingAccount',
    method: 'GET',
    path: `${account}/paymentMethods`,
    statuses: [200],
    permission: 'P15 View payment methods, at the account',
    summary: 'The payment methods of an account.',
    async handle(context, request) {
      const methods = await listMethodsOfAccount(context, accountOf(request))
      return ok({ value: methods.map((method) => toWireAccountMethod(method, context.now)) })
    },
  },
  {
    ...published,
    id: 'PaymentMethods_GetByBillingAccount',
    method: 'GET',
    path: `${account}/paymentMethods/{paymentMethodName}`,
    statuses: [200],
    permission: 'P15 View payment methods, at the account',
    summary: 'A payment method of an account.',
    async handle(context, request) {
      const method = await getMethodOfAccount(context, accountOf(request), nameOf(request))
      return ok(toWireAccountMethod(method, context.now))
    },
  },
  {
    ...published,
    id: 'PaymentMethods_ListByBillingProfile',
    method: 'GET',
    path: `${profile}/paymentMethodLinks`,
    statuses: [200],
    permission: 'P15 View payment methods',
    summary: 'The payment methods of a profile, the default first.',
    async handle(context, request) {
      const views = await listMethodsOfProfile(context, accountOf(request), profileOf(request))
      return ok({ value: views.map((view) => toWireLink(view.account, view.link, context.now)) })
    },
  },
  {
    ...published,
    id: 'PaymentMethods_GetByBillingProfile',
    method: 'GET',
    path: link,
    statuses: [200],
    permission: 'P15 View payment methods',
    summary: 'A payment method of a profile.',
    async handle(context, request) {
      const view = await getMethodOfProfile(context, accountOf(request), profileOf(request), nameOf(request))
      return ok(toWireLink(view.account, view.link, context.now))
    },
  },
  {
    ...published,
    id: 'PaymentMethods_DeleteAtBillingProfile',
    method: 'DELETE',
    path: link,
    statuses: [204],
    permission: 'P16 Manage payment methods',
    summary: 'Detaches a payment method; a profile without its default is inactive for good.',
    async handle(context, request) {
      await detachPaymentMethod(context, accountOf(request), profileOf(request), nameOf(request))
      return noContent()
    },
  },
  {
    ...published,
    id: 'PaymentMethods_ListByUser',
    method: 'GET',
    path: own,
    statuses: [200],
    permission: 'any signed-in caller; only what is the caller’s is listed',
    summary: 'What the caller added, and the payment methods of accounts that were opened for the caller.',
    async handle(context) {
      return ok({ value: (await listOwnMethods(context)).map((method) => toWireOwnMethod(method, context.now)) })
    },
  },
  {
    ...published,
    id: 'PaymentMethods_GetByUser',
    method: 'GET',
    path: `${own}/{paymentMethodName}`,
    statuses: [200],
    permission: 'whoever it is listed for',
    summary: 'A payment method of the caller.',
    async handle(context, request) {
      return ok(toWireOwnMethod(await getOwnMethod(context, nameOf(request)), context.now))
    },
  },
  {
    ...published,
    id: 'PaymentMethods_DeleteByUser',
    method: 'DELETE',
    path: `${own}/{paymentMethodName}`,
    statuses: [200, 204],
    permission: 'who the billing account was opened for',
    summary: 'Deletes a payment method that no profile has.',
    async handle(context, request) {
      return (await deleteOwnPaymentMethod(context, nameOf(request))) ? { status: 200 } : noContent()
    },
  },
  {
    ...ours,
    id: 'PaymentMethods_Put',
    method: 'PUT',
    path: added,
    statuses: [200, 201],
    permission: 'P16 Manage payment methods',
    summary: 'Adds a card to a profile, or attaches what the account has; also as the default, or in place of another.',
    body: paymentMethodBody,
    async handle(context, request) {
      const wanted = fromWirePaymentMethod(parseBody(request, paymentMethodBody))
      const put = await putPaymentMethod(context, accountOf(request), profileOf(request), nameOf(request), wanted)
      return (put.isNew ? created : ok)(toWireLink(put.account, put.link, context.now))
    },
  },
  {
    ...ours,
    id: 'PaymentMethods_MakeDefault',
    method: 'POST',
    path: `${added}/makeDefault`,
    statuses: [200],
    permission: 'P16 Manage payment methods',
    summary: 'Has the profile pay by this method from now on.',
    async handle(context, request) {
      const view = await makeDefaultPaymentMethod(context, accountOf(request), profileOf(request), nameOf(request))
      return ok(toWireLink(view.account, view.link, context.now))
    },
  },
  {
    ...ours,
    id: 'PaymentMethods_ApproveBankTransfer',
    method: 'PUT',
    path: `${account}/providers/Tenantry.Billing/bankTransferApproval`,
    statuses: [200, 201],
    permission: 'platform operator',
    summary: 'Lets an account pay by transfer.',
    async handle(context, request) {
      const { method, isNew } = await approveBankTransfer(context, accountOf(request))
      return (isNew ? created : ok)(toWireAccountMethod(method, context.now))
    },
  },
]
