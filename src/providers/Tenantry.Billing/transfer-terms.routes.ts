import { transferTermsVersion } from '../../domain/billing/transfer.ts'
import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  agreeToTransferTerms,
  getTransferTermsAgreement,
  transferTermsId,
  withdrawTransferTerms,
} from '../../operations/transfer-terms.ts'

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer' } as const
const path =
  '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}/providers/Tenantry.Billing/transferTerms/{termsVersion}'

export const transferTermsOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'TransferTerms_Agree',
    method: 'PUT',
    path,
    statuses: [200, 201],
    permission: 'A4 Update account properties',
    summary: `Agrees to the terms of transfers (the current edition is ${transferTermsVersion}) for every request of the account, so that clients need not say it each time.`,
    async handle(context, request) {
      const { account, agreement, isNew } = await agreeToTransferTerms(context, ...of(request))
      const body = toWire(account, agreement)
      return isNew ? created(body) : ok(body)
    },
  },
  {
    ...common,
    id: 'TransferTerms_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'A3 View account properties and agreements',
    summary: 'Who agreed to the terms of transfers for the account, and when.',
    async handle(context, request) {
      const { account, agreement } = await getTransferTermsAgreement(context, ...of(request))
      return ok(toWire(account, agreement))
    },
  },
  {
    ...common,
    id: 'TransferTerms_Withdraw',
    method: 'DELETE',
    path,
    statuses: [204],
    permission: 'A4 Update account properties',
    summary: 'From now on each request has to say that it agrees to the terms.',
    async handle(context, request) {
      await withdrawTransferTerms(context, ...of(request))
      return noContent()
    },
  },
]

const of = (request: ApiRequest): [account: string, version: string] => [
  pathParameter(request, 'billingAccountName'),
  pathParameter(request, 'termsVersion'),
]

function toWire(
  account: string,
  agreement: { readonly version: string; readonly agreedAt: Date; readonly agreedByName: string },
) {
  return {
    id: transferTermsId(account, agreement.version),
    name: agreement.version,
    type: 'Tenantry.Billing/transferTerms',
    properties: { agreedAt: agreement.agreedAt.toISOString(), agreedBy: agreement.agreedByName },
  }
}
