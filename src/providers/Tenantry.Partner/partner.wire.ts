import { z } from 'zod'
import { billingAccountId, billingProfileId } from '../../domain/billing/billing-ids.ts'
import { addressBody, countryCode, currencyCode, fromWireAddress } from '../../http/address.ts'
import { guid } from '../../http/body.ts'
import { etagOf } from '../../http/etag.ts'
import type { PartnerToPut, PartnerView } from '../../operations/put-partner.ts'

const text = z.string().trim().min(1).max(256)

export const partnerBody = z.object({
  properties: z.object({
    tenantId: guid,
    kind: z.enum(['direct', 'indirectProvider', 'indirectReseller']),
    displayName: text,
    countryCode,
    currencies: z.array(currencyCode).max(50).default([]),
    soldTo: addressBody.optional(),
    taxId: text.optional(),
    priceList: text.optional(),
    language: z.enum(['en', 'sv']).default('en'),
  }),
})

export function fromWirePartner(id: string, { properties }: z.output<typeof partnerBody>): PartnerToPut {
  return {
    id,
    tenantId: properties.tenantId,
    kind: properties.kind,
    displayName: properties.displayName,
    countryCode: properties.countryCode,
    currencies: properties.currencies,
    soldTo: {
      country: properties.countryCode,
      companyName: properties.displayName,
      ...fromWireAddress(properties.soldTo ?? {}),
    },
    taxId: properties.taxId,
    priceList: properties.priceList,
    language: properties.language,
  }
}

export function toWirePartner({ partner, profiles }: PartnerView) {
  const account = partner.billingAccountName
  return {
    id: `/providers/Tenantry.Partner/partners/${partner.id}`,
    name: partner.id,
    type: 'Tenantry.Partner/partners',
    etag: etagOf(partner.revision),
    properties: {
      tenantId: partner.tenantId,
      kind: partner.kind,
      displayName: partner.displayName,
      countryCode: partner.countryCode,
      ...(account === null
        ? {}
        : {
            billingAccountId: billingAccountId(account),
            billingAccountName: account,
            billingProfiles: profiles.map((profile) => ({
              currency: profile.currency,
              billingProfileId: billingProfileId(account, profile.billingProfileName),
              billingProfileName: profile.billingProfileName,
            })),
          }),
      groups: {
        adminAgents: partner.groups.adminAgents,
        helpdeskAgents: partner.groups.helpdeskAgents,
        salesAgents: partner.groups.salesAgents,
      },
      createdAt: partner.createdAt.toISOString(),
    },
  }
}
