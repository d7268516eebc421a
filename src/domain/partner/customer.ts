import { conflict, forbidden, invalid, notFound, type Refusal } from '../refusal.ts'
import { maySell, type PartnerKind } from './partner.ts'

/** Unknown customers, those of other partners and those of the past look alike. */
export const customerNotFound = (id: string): Refusal =>
  notFound(
    'CustomerNotFound',
    `The customer '${id}' is not a customer of this partner. List the customers to find its id.`,
  )

/** PAR-1: only a direct partner and an indirect provider sell, and so only they add and attest (PAR-3). */
export function requireSeller(partner: { readonly id: string; readonly kind: PartnerKind }, what: string): void {
  if (maySell(partner.kind)) return
  throw forbidden('ResellerMayNot', `An indirect reseller does not ${what}; its provider does. Ask the provider.`, {
    details: [{ code: 'ProviderRequired', message: `The partner '${partner.id}' is an indirect reseller.` }],
  })
}

/** The agreement that customers accept; one template for as long as the text stays. */
export const customerAgreement = {
  type: 'MicrosoftCustomerAgreement',
  templateId: '117a77b0-9360-443b-8795-c6dedc750cf9',
  versionRank: 1,
} as const

export interface Attestation {
  readonly templateId: string
  readonly dateAgreed: Date
}

/** PAR-3: the acceptance lies in the past, and is of the text that there is. */
export function checkAttestation({ templateId, dateAgreed }: Attestation, now: Date): void {
  if (templateId.toLowerCase() !== customerAgreement.templateId)
    throw invalid(
      'AgreementTemplateNotFound',
      `There is no agreement with the template '${templateId}'. GET /v1/agreements has the one that there is.`,
      'templateId',
    )
  if (dateAgreed.getTime() > now.getTime())
    throw invalid(
      'DateAgreedInFuture',
      `The customer cannot have accepted at ${dateAgreed.toISOString()}, which is later than now. Give the day of the acceptance.`,
      'dateAgreed',
    )
}

export const agreementExists = (): Refusal =>
  conflict(
    'PartnerConfirmedAgreementAlreadyExists',
    'The acceptance by this person is recorded already. Record it again only for another person, e-mail address or number.',
  )

/** PAR-2, PAR-3: what is sold needs a relationship, and an agreement that the customer accepted with this partner. */
export function requireAgreement(customer: { readonly tenantId: string }, agreements: readonly unknown[]): void {
  if (agreements.length > 0) return
  throw forbidden(
    'CustomerAgreementMissing',
    `The customer '${customer.tenantId}' has not accepted the agreement with this partner, so nothing can be sold. Record the acceptance with POST /v1/customers/${customer.tenantId}/agreements first.`,
    { details: [{ code: 'CustomerAgreementMissing', message: 'No acceptance of the agreement is recorded.' }] },
  )
}
