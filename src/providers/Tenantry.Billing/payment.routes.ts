import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { grantCredit } from '../../operations/invoice-credit.ts'
import {
  listPaymentsOf,
  payThroughAccount,
  payThroughProfile,
  type RecordedPayment,
  recordPayment,
  reversePayment,
} from '../../operations/record-payment.ts'
import { creditBody, fromWirePayment, paymentBody, reversalBody, toWireCredit, toWirePayment } from './payment.wire.ts'

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer' } as const
const payments = '/providers/Tenantry.Billing/invoices/{name}/payments'
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`
const below = 'invoices/{invoiceName}/providers/Tenantry.Billing/payments/{paymentName}'

const wantedOf = (request: ApiRequest) => fromWirePayment(parseBody(request, paymentBody))
const answer = ({ invoice, payment, isNew }: RecordedPayment) => (isNew ? created : ok)(toWirePayment(invoice, payment))

/** What is known to have been paid (BIL-22); no money is moved here. */
export const paymentOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Payments_List',
    method: 'GET',
    path: payments,
    permission: 'P7 View invoices of the profile; platform operator',
    statuses: [200],
    summary: 'What was paid for an invoice, and what of it was taken back.',
    async handle(context, request) {
      const { invoice, payments: recorded } = await listPaymentsOf(context, pathParameter(request, 'name'))
      return ok({ value: recorded.map((payment) => toWirePayment(invoice, payment)) })
    },
  },
  {
    ...common,
    id: 'Payments_Record',
    method: 'PUT',
    path: `${payments}/{paymentName}`,
    permission: 'platform operator',
    statuses: [200, 201],
    summary: 'Records a payment for an invoice; without an amount, of all that is due.',
    body: paymentBody,
    async handle(context, request) {
      const name = pathParameter(request, 'paymentName')
      return answer(await recordPayment(context, pathParameter(request, 'name'), name, wantedOf(request)))
    },
  },
  {
    ...common,
    id: 'Payments_Reverse',
    method: 'POST',
    path: `${payments}/{paymentName}/reverse`,
    permission: 'platform operator',
    statuses: [200, 201],
    summary: 'Takes a payment back that did not arrive; what it paid for is due again.',
    body: reversalBody,
    async handle(context, request) {
      const { reason } = parseBody(request, reversalBody).properties
      const name = pathParameter(request, 'paymentName')
      return answer(await reversePayment(context, pathParameter(request, 'name'), name, reason))
    },
  },
  {
    ...common,
    id: 'Payments_PayThroughAccount',
    method: 'PUT',
    path: `${account}/${below}`,
    permission: 'A8 Pay an invoice by card through the account',
    statuses: [200, 201],
    summary: 'Records that an invoice was paid by a card of its profile, through the account.',
    body: paymentBody,
    async handle(context, request) {
      const paid = await payThroughAccount(
        context,
        pathParameter(request, 'billingAccountName'),
        pathParameter(request, 'invoiceName'),
        pathParameter(request, 'paymentName'),
        wantedOf(request),
      )
      return answer(paid)
    },
  },
  {
    ...common,
    id: 'Payments_PayThroughProfile',
    method: 'PUT',
    path: `${profile}/${below}`,
    permission: 'P8 Pay an invoice by card through the profile',
    statuses: [200, 201],
    summary: 'Records that an invoice was paid by a card of its profile, through the profile.',
    body: paymentBody,
    async handle(context, request) {
      const paid = await payThroughProfile(
        context,
        pathParameter(request, 'billingAccountName'),
        pathParameter(request, 'billingProfileName'),
        pathParameter(request, 'invoiceName'),
        pathParameter(request, 'paymentName'),
        wantedOf(request),
      )
      return answer(paid)
    },
  },
  {
    ...common,
    id: 'Credits_Grant',
    method: 'PUT',
    path: `${profile}/providers/Tenantry.Billing/credits/{creditName}`,
    permission: 'platform operator',
    statuses: [200, 201],
    summary: 'Gives a profile credit; invoices are paid with it by themselves.',
    body: creditBody,
    async handle(context, request) {
      const granted = await grantCredit(
        context,
        pathParameter(request, 'billingAccountName'),
        pathParameter(request, 'billingProfileName'),
        pathParameter(request, 'creditName'),
        parseBody(request, creditBody).properties,
      )
      return (granted.isNew ? created : ok)(toWireCredit(granted.profile, granted.credit))
    },
  },
]
