import { z } from 'zod'
import { billingAccountId, billingProfileId, invoiceSectionId } from '../../domain/billing/billing-ids.ts'
import { addressBody, countryCode, currencyCode, fromWireAddress } from '../../http/address.ts'
import { guid } from '../../http/body.ts'
import type { WantedSignUp } from '../../operations/sign-up.ts'

const text = z.string().trim().min(1).max(256)
const line = z.string().trim().max(256).optional()

export const signUpBody = z.object({
  properties: z.object({
    tenantId: guid,
    owner: z.object({ objectId: guid }).optional(),
    agreementType: z
      .enum([
        'MicrosoftCustomerAgreement',
        'MicrosoftOnlineServicesProgram',
        'EnterpriseAgreement',
        'MicrosoftPartnerAgreement',
      ])
      .default('MicrosoftCustomerAgreement'),
    accountType: z.enum(['Enterprise', 'Individual']).optional(),
    displayName: text,
    currency: currencyCode,
    countryCode,
    soldTo: addressBody.optional(),
    billTo: addressBody.optional(),
    poNumber: line,
    taxId: line,
    notificationEmailAddress: z.email().optional(),
    priceList: line,
    language: z.enum(['en', 'sv']).default('en'),
    approveBankTransfer: z.boolean().default(true),
  }),
})

export function fromWireSignUp({ properties }: z.output<typeof signUpBody>): WantedSignUp {
  return {
    tenantId: properties.tenantId,
    ownerId: properties.owner?.objectId,
    agreementType: properties.agreementType,
    accountType: properties.accountType,
    displayName: properties.displayName,
    currency: properties.currency,
    countryCode: properties.countryCode,
    soldTo: {
      country: properties.countryCode,
      companyName: properties.displayName,
      ...fromWireAddress(properties.soldTo ?? {}),
    },
    billTo: properties.billTo && fromWireAddress(properties.billTo),
    poNumber: properties.poNumber,
    taxId: properties.taxId,
    notificationEmail: properties.notificationEmailAddress,
    priceList: properties.priceList,
    language: properties.language,
    ...(properties.approveBankTransfer ? {} : { approveBankTransfer: false }),
  }
}

interface SignUpToWire {
  readonly name: string
  readonly account: string
  readonly profile: string
  readonly section: string
  readonly ownerId: string
  readonly wanted: unknown
  readonly createdAt: Date
}

export function toWireSignUp(signUp: SignUpToWire) {
  const wanted = signUp.wanted as WantedSignUp
  return {
    id: `/providers/Tenantry.Billing/signUps/${signUp.name}`,
    name: signUp.name,
    type: 'Tenantry.Billing/signUps',
    properties: {
      tenantId: wanted.tenantId,
      agreementType: wanted.agreementType,
      displayName: wanted.displayName,
      currency: wanted.currency,
      countryCode: wanted.countryCode,
      language: wanted.language,
      owner: { objectId: signUp.ownerId },
      billingAccountId: billingAccountId(signUp.account),
      billingAccountName: signUp.account,
      billingProfileId: billingProfileId(signUp.account, signUp.profile),
      billingProfileName: signUp.profile,
      invoiceSectionId: invoiceSectionId(signUp.account, signUp.profile, signUp.section),
      invoiceSectionName: signUp.section,
      createdAt: signUp.createdAt.toISOString(),
    },
  }
}
