import { billingAccountId, billingProfileId } from '../../domain/billing/billing-ids.ts'
import { notFound } from '../../domain/refusal.ts'
import { parseBody } from '../../http/body.ts'
import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import { requireAccount } from '../../operations/billing-access.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getAvailableBalance } from '../../operations/invoice-credit.ts'
import { addressBody } from '../../http/address.ts'
import { toWireAmount } from './amount.wire.ts'

const common = { apiVersions: ['2020-05-01'], authentication: 'bearer' } as const
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`

type Account = Awaited<ReturnType<typeof requireAccount>>['account']

/** What an account consists of beside its profiles: its agreement, its balance, and whether an address is one. */
export const agreementOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Agreements_ListByBillingAccount',
    method: 'GET',
    path: `${account}/agreements`,
    statuses: [200],
    permission: 'A3 View account properties and agreements',
    summary: 'The agreement of an account.',
    query: { $expand: 'optional' },
    async handle(context, request) {
      const access = await requireAccount(context, 'A3', pathParameter(request, 'billingAccountName'))
      return ok({ value: [toWireAgreement(access.account)] })
    },
  },
  {
    ...common,
    id: 'Agreements_Get',
    method: 'GET',
    path: `${account}/agreements/{agreementName}`,
    statuses: [200],
    permission: 'A3 View account properties and agreements',
    summary: 'The agreement of an account.',
    query: { $expand: 'optional' },
    async handle(context, request) {
      const access = await requireAccount(context, 'A3', pathParameter(request, 'billingAccountName'))
      const name = pathParameter(request, 'agreementName')
      if (name.toLowerCase() !== 'default')
        throw notFound('AgreementNotFound', `The agreement '${name}' could not be found. There is one, named default.`)
      return ok(toWireAgreement(access.account))
    },
  },
  {
    ...common,
    apiVersions: ['2020-05-01', '2024-04-01'],
    id: 'AvailableBalances_Get',
    method: 'GET',
    path: `${profile}/availableBalance/default`,
    statuses: [200],
    permission: 'P17 Track the credit balance',
    summary: 'The credit that is left on a profile.',
    async handle(context, request) {
      const {
        account: name,
        profile: of,
        leftMinor,
      } = await getAvailableBalance(
        context,
        pathParameter(request, 'billingAccountName'),
        pathParameter(request, 'billingProfileName'),
      )
      return ok({
        id: `${billingProfileId(name, of.name)}/availableBalance/default`,
        name: 'default',
        type: 'Microsoft.Billing/billingAccounts/billingProfiles/availableBalance',
        properties: { amount: toWireAmount(leftMinor, of.currency) },
      })
    },
  },
  {
    ...common,
    id: 'Address_Validate',
    method: 'POST',
    path: '/providers/Microsoft.Billing/validateAddress',
    statuses: [200],
    permission: 'any signed-in caller',
    summary: 'Whether an address is complete enough to be invoiced.',
    body: addressBody,
    async handle(_context, request) {
      const address = parseBody(request, addressBody)
      const missing = (['addressLine1', 'country'] as const).filter((part) => !address[part])
      const isCode = address.country === undefined || /^[A-Za-z]{2}$/.test(address.country)
      if (missing.length === 0 && isCode) return ok({ status: 'Valid', suggestedAddresses: [] })
      const message =
        missing.length > 0 ? `Missing: ${missing.join(', ')}.` : 'country is a code of two letters (ISO 3166-1).'
      return ok({ status: 'Invalid', suggestedAddresses: [], validationMessage: message })
    },
  },
  {
    ...common,
    id: 'EnrollmentAccounts_List',
    apiVersions: ['2018-03-01-preview'],
    method: 'GET',
    path: '/providers/Microsoft.Billing/enrollmentAccounts',
    statuses: [200],
    permission: 'any signed-in caller',
    summary: 'Empty: enterprise enrollments are not sold here.',
    async handle() {
      return ok({ value: [] })
    },
  },
  {
    ...common,
    id: 'EnrollmentAccounts_Get',
    apiVersions: ['2018-03-01-preview'],
    method: 'GET',
    path: '/providers/Microsoft.Billing/enrollmentAccounts/{name}',
    statuses: [200],
    permission: 'any signed-in caller',
    summary: 'Always absent: enterprise enrollments are not sold here.',
    async handle(_context, request) {
      throw notFound(
        'EnrollmentAccountNotFound',
        `The enrollment account '${pathParameter(request, 'name')}' could not be found.`,
      )
    },
  },
]

function toWireAgreement(of: Account) {
  return {
    id: `${billingAccountId(of.name)}/agreements/default`,
    name: 'default',
    type: 'Microsoft.Billing/billingAccounts/agreements',
    properties: {
      category: of.agreementType === 'MicrosoftCustomerAgreement' ? 'MicrosoftCustomerAgreement' : 'Other',
      acceptanceMode: 'ClickToAccept',
      effectiveDate: of.createdAt.toISOString(),
      participants: [],
      status: 'Active',
    },
  }
}
