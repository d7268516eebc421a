import { billingAccountId } from '../domain/billing/billing-ids.ts'
import { transferTermsVersion } from '../domain/billing/transfer.ts'
import { invalid, notFound } from '../domain/refusal.ts'
import type { TermsAgreement } from '../store/transfer-schema.ts'
import {
  deleteStandingAgreement,
  findStandingAgreement,
  insertStandingAgreement,
  type StandingAgreement,
} from '../store/transfer-terms.ts'
import { appendAudit } from './audit.ts'
import { requireAccount } from './billing-access.ts'
import type { OperationContext } from './context.ts'

export const transferTermsId = (account: string, version: string): string =>
  `${billingAccountId(account)}/providers/Tenantry.Billing/transferTerms/${version}`

/**
 * Sending and accepting need an agreement to the terms each (OWN-11): in the request, or by every account whose money
 * it is about, for clients that can only send what Azure's specification has.
 */
export async function requireTransferTerms(
  context: OperationContext,
  isAccepted: boolean,
  accounts: readonly string[],
): Promise<TermsAgreement> {
  const version = transferTermsVersion
  if (isAccepted) return { version, by: 'request' }
  let isStanding = accounts.length > 0
  for (const account of accounts)
    isStanding &&= (await findStandingAgreement(context.db, account, version)) !== undefined
  if (isStanding) return { version, by: 'account' }
  throw invalid(
    'TransferTermsNotAccepted',
    `A transfer needs the agreement of both sides to its terms, edition ${version}. Send "transferTermsAccepted": true in the properties, or have an owner or contributor of the billing account agree for all requests: PUT ${transferTermsId('{billingAccountName}', version)}.`,
    'properties.transferTermsAccepted',
  )
}

export async function agreeToTransferTerms(
  context: OperationContext,
  accountName: string,
  version: string,
): Promise<{ account: string; agreement: StandingAgreement; isNew: boolean }> {
  const { account } = await requireAccount(context, 'A4', accountName)
  requireCurrentEdition(version)
  const agreement: StandingAgreement = {
    version,
    agreedAt: context.now,
    agreedBy: context.caller.objectId,
    agreedByName: context.caller.name,
  }
  const isNew = await insertStandingAgreement(context.db, account.name, agreement)
  if (isNew)
    await appendAudit(context, {
      action: 'Tenantry.Billing/transferTerms/write',
      scope: transferTermsId(account.name, version),
      after: { version },
    })
  const standing = await findStandingAgreement(context.db, account.name, version)
  return { account: account.name, agreement: standing ?? agreement, isNew }
}

export async function getTransferTermsAgreement(
  context: OperationContext,
  accountName: string,
  version: string,
): Promise<{ account: string; agreement: StandingAgreement }> {
  const { account } = await requireAccount(context, 'A3', accountName)
  const agreement = await findStandingAgreement(context.db, account.name, version)
  if (agreement) return { account: account.name, agreement }
  throw notFound(
    'TransferTermsNotAgreed',
    `The billing account has not agreed to the edition '${version}' of the transfer terms for all requests.`,
  )
}

/** Requests that were sent or accepted under the agreement stay as they are. */
export async function withdrawTransferTerms(
  context: OperationContext,
  accountName: string,
  version: string,
): Promise<void> {
  const { account } = await requireAccount(context, 'A4', accountName)
  if (!(await deleteStandingAgreement(context.db, account.name, version))) return
  await appendAudit(context, {
    action: 'Tenantry.Billing/transferTerms/delete',
    scope: transferTermsId(account.name, version),
    before: { version },
  })
}

function requireCurrentEdition(version: string): void {
  if (version === transferTermsVersion) return
  throw invalid(
    'UnknownTransferTerms',
    `There is no edition '${version}' of the transfer terms to agree to. The current one is ${transferTermsVersion}.`,
  )
}
