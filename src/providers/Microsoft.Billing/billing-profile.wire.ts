import { z } from 'zod'
import type { Address } from '../../domain/billing/address.ts'
import { billingProfileId } from '../../domain/billing/billing-ids.ts'
import { isMailAddress } from '../../domain/mail/address.ts'
import { addressBody, fromWireAddress } from '../../http/address.ts'
import { type SectionToWire, toWireSection } from './invoice-section.wire.ts'
import type { WantedProfile } from '../../operations/change-billing-profile.ts'

const tags = z.record(z.string().max(512), z.string().max(256))

export const profileBody = z.object({
  properties: z
    .object({
      displayName: z.string().trim().min(1).max(256).optional(),
      poNumber: z.string().trim().max(64).nullish(),
      billTo: addressBody.optional(),
      invoiceEmailOptIn: z.boolean().optional(),
      invoiceRecipients: z.array(z.string().max(254).refine(isMailAddress, 'is an e-mail address')).max(50).optional(),
      tags: tags.optional(),
      enabledAzurePlans: z
        .array(z.object({ skuId: z.string().max(64) }))
        .max(50)
        .optional(),
      currency: z.string().optional(),
      language: z.enum(['en', 'sv']).optional(),
      taxId: z.string().trim().max(64).nullish(),
    })
    .default({}),
})

export function fromWireProfile({ properties }: z.output<typeof profileBody>): WantedProfile {
  return {
    displayName: properties.displayName,
    poNumber: properties.poNumber,
    billTo: properties.billTo && fromWireAddress(properties.billTo),
    invoiceEmailOptIn: properties.invoiceEmailOptIn,
    invoiceRecipients: properties.invoiceRecipients,
    tags: properties.tags,
    enabledPlans: properties.enabledAzurePlans,
    currency: properties.currency,
    language: properties.language,
    taxId: properties.taxId,
  }
}

interface ProfileToWire {
  readonly account: string
  readonly agreementType: string
  readonly profile: {
    readonly name: string
    readonly displayName: string
    readonly currency: string
    readonly language: string
    readonly billTo: Address
    readonly poNumber: string | null
    readonly invoiceEmailOptIn: boolean
    readonly invoiceRecipients: readonly string[]
    readonly status: string
    readonly systemId: string
    readonly taxId: string | null
    readonly tags: Readonly<Record<string, string>>
    readonly enabledPlans: readonly { readonly skuId: string; readonly skuDescription: string }[]
  }
  readonly sections: readonly SectionToWire[] | undefined
  readonly warning?: string | undefined
  /** False where only a section of it may be seen. */
  readonly hasReadAccess?: boolean
}

/** The day of the month on which the invoice of the month before is made, when the grace of late usage is over. */
const invoiceDay = 4

export function toWireProfile(wire: ProfileToWire) {
  const { account, profile, sections, hasReadAccess = true } = wire
  return {
    id: billingProfileId(account, profile.name),
    name: profile.name,
    type: 'Microsoft.Billing/billingAccounts/billingProfiles',
    properties: {
      displayName: profile.displayName,
      hasReadAccess,
      ...(hasReadAccess ? toWireDetails(wire) : {}),
      ...(sections
        ? {
            invoiceSections: {
              hasMoreResults: false,
              value: sections.map((section) => toWireSection(account, section)),
            },
          }
        : {}),
    },
  }
}

function toWireDetails({ agreementType, profile, warning }: ProfileToWire) {
  return {
    poNumber: profile.poNumber ?? undefined,
    billingRelationshipType: agreementType === 'MicrosoftPartnerAgreement' ? 'CSPPartner' : 'Direct',
    billTo: profile.billTo,
    invoiceEmailOptIn: profile.invoiceEmailOptIn,
    invoiceRecipients: profile.invoiceRecipients,
    invoiceDay,
    currency: profile.currency,
    language: profile.language,
    taxId: profile.taxId ?? undefined,
    enabledAzurePlans: profile.enabledPlans,
    systemId: profile.systemId,
    // Azure has no status of its own for unpaid invoices, but a reason.
    status: profile.status === 'PastDue' ? 'Warned' : profile.status,
    statusReasonCode: profile.status === 'PastDue' ? 'PastDue' : undefined,
    spendingLimit: 'Off',
    targetClouds: [],
    tags: profile.tags,
    ...(warning === undefined ? {} : { warning: { code: 'TiersArePerProfile', message: warning } }),
  }
}
