import { z } from 'zod'
import { invoiceSectionId } from '../../domain/billing/billing-ids.ts'
import type { WantedSection } from '../../operations/change-invoice-section.ts'

const texts = z.record(z.string().max(512), z.string().max(256))

export const sectionBody = z.object({
  properties: z
    .object({
      displayName: z.string().trim().min(1).max(256).optional(),
      labels: texts.optional(),
      tags: texts.optional(),
    })
    .default({}),
})

export function fromWireSection({ properties }: z.output<typeof sectionBody>): WantedSection {
  return { displayName: properties.displayName, labels: properties.labels, tags: properties.tags }
}

export interface SectionToWire {
  readonly name: string
  readonly billingProfileName: string
  readonly displayName: string
  readonly state: string
  readonly systemId: string
  readonly labels: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

export function toWireSection(account: string, section: SectionToWire) {
  return {
    id: invoiceSectionId(account, section.billingProfileName, section.name),
    name: section.name,
    type: 'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections',
    properties: {
      displayName: section.displayName,
      labels: section.labels,
      state: section.state,
      systemId: section.systemId,
      tags: section.tags,
      targetCloud: '',
    },
  }
}
