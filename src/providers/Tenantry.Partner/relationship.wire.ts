import { z } from 'zod'
import { requestStateAt } from '../../domain/partner/relationship.ts'
import type { MyPartner } from '../../operations/my-partner.ts'
import { personalLinkMark } from '../../operations/queue-mail.ts'
import type { RelationshipRequest, WantedRelationship } from '../../operations/request-relationship.ts'

export const requestBody = z.object({
  properties: z
    .object({
      delegatedAdminPrivileges: z.boolean().default(true),
      recipientEmail: z.email().optional(),
      /** The partner's own words; the link is put below them and cannot be changed (PAR-5). */
      message: z.string().trim().max(4000).optional(),
      language: z.enum(['en', 'sv']).default('en'),
    })
    .prefault({}),
})

export const acceptBody = z.object({ properties: z.object({ code: z.string().max(256) }) })

const texts = {
  en: {
    subject: (partner: string) => `${partner} asks to be your partner`,
    words: (partner: string) => `${partner} asks to become a partner of your organisation and to sell to it.`,
    delegated: 'By accepting you also let its agents administer your directory, until you take that back.',
    advice: 'Only a Global administrator of your tenant can accept, by this link:',
  },
  sv: {
    subject: (partner: string) => `${partner} vill bli er partner`,
    words: (partner: string) => `${partner} ber att få bli partner till er organisation och sälja till den.`,
    delegated: 'Om ni godkänner får dess agenter också administrera er katalog, tills ni tar tillbaka det.',
    advice: 'Bara en global administratör i er klientorganisation kan godkänna, med den här länken:',
  },
} as const

export function fromWireRequest({ properties }: z.output<typeof requestBody>): WantedRelationship {
  const text = texts[properties.language]
  const isDelegated = properties.delegatedAdminPrivileges
  return {
    delegatedPrivileges: isDelegated,
    recipientEmail: properties.recipientEmail,
    message: (partner) => ({
      subject: text.subject(partner),
      text: [
        // The mark in somebody's words would put the link where they like.
        (properties.message ?? text.words(partner)).replaceAll(personalLinkMark, ''),
        ...(isDelegated ? [text.delegated] : []),
        text.advice,
        personalLinkMark,
      ].join('\n\n'),
    }),
  }
}

export const toWireRequest = (request: RelationshipRequest, now: Date) => ({
  id: `/providers/Tenantry.Partner/relationshipRequests/${request.id}`,
  name: request.id,
  type: 'Tenantry.Partner/relationshipRequests',
  properties: {
    partnerId: request.partnerId,
    state: requestStateAt(request, now),
    delegatedAdminPrivileges: request.delegatedPrivileges,
    ...(request.recipientEmail === null ? {} : { recipientEmail: request.recipientEmail }),
    createdAt: request.createdAt.toISOString(),
    expiresAt: request.expiresAt.toISOString(),
    ...(request.acceptedAt === null
      ? {}
      : { acceptedAt: request.acceptedAt.toISOString(), customerTenantId: request.customerTenantId }),
  },
})

export const toWireMyPartner = (partner: MyPartner) => ({
  id: `/providers/Tenantry.Partner/myPartners/${partner.partnerId}`,
  name: partner.partnerId,
  type: 'Tenantry.Partner/myPartners',
  properties: {
    partnerId: partner.partnerId,
    displayName: partner.displayName,
    tenantId: partner.tenantId,
    since: partner.since.toISOString(),
    delegatedAdminPrivileges: partner.hasDelegatedPrivileges,
    // PAR-7: what the privileges are, for who may want to take them back.
    directoryRoles: partner.hasDelegatedPrivileges
      ? [
          { agents: 'AdminAgents', role: 'Global Administrator' },
          { agents: 'HelpdeskAgents', role: 'Helpdesk Administrator' },
        ]
      : [],
  },
})
