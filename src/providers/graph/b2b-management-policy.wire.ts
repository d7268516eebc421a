import { z } from 'zod'
import { invalid } from '../../domain/refusal.ts'
import type { readDomainLists } from '../../operations/collaboration-policy.ts'
import type { Entity } from './entity.ts'

const definition = z.array(z.string().max(25_000)).length(1, 'is a list with one JSON text')

export const b2bManagementPolicyBody = z.object({
  displayName: z.string().trim().min(1).max(256),
  description: z.string().max(1024).nullish(),
  definition,
  isOrganizationDefault: z.boolean().default(false),
})

export const b2bManagementPolicyChanges = z.object({
  displayName: z.string().trim().min(1).max(256).optional(),
  description: z.string().max(1024).nullish(),
  definition: definition.optional(),
  isOrganizationDefault: z.boolean().optional(),
})

const domains = z.array(z.string().max(255)).max(2000).default([])
const content = z.object({
  B2BManagementPolicy: z.strictObject(
    {
      InvitationsAllowedAndBlockedDomainsPolicy: z.strictObject({ AllowedDomains: domains, BlockedDomains: domains }),
    },
    { error: 'has InvitationsAllowedAndBlockedDomainsPolicy and nothing else here' },
  ),
})

/** The two lists out of the JSON text that Azure puts them in. */
function listsOf(texts: readonly string[]): { allowed: string[]; blocked: string[] } {
  const parsed = content.safeParse(jsonOf(texts[0] ?? ''))
  if (!parsed.success)
    throw invalid(
      'Request_BadRequest',
      `The definition is not usable: ${parsed.error.issues[0]?.message ?? ''}. Write {"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{"AllowedDomains":[],"BlockedDomains":["fabrikam.com"]}}}.`,
      'definition',
    )
  const lists = parsed.data.B2BManagementPolicy.InvitationsAllowedAndBlockedDomainsPolicy
  return { allowed: lists.AllowedDomains, blocked: lists.BlockedDomains }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const fromWireDomainList = (body: z.output<typeof b2bManagementPolicyBody>) => ({
  displayName: body.displayName,
  description: body.description ?? null,
  isActive: body.isOrganizationDefault,
  ...listsOf(body.definition),
})

export const fromWireDomainListChanges = (body: z.output<typeof b2bManagementPolicyChanges>) => ({
  displayName: body.displayName,
  description: body.description,
  isActive: body.isOrganizationDefault,
  ...(body.definition && listsOf(body.definition)),
})

export const toWireDomainList = (list: Awaited<ReturnType<typeof readDomainLists>>[number]): Entity => ({
  id: list.id,
  displayName: list.displayName,
  description: list.description,
  isOrganizationDefault: list.isActive,
  deletedDateTime: null,
  definition: [
    JSON.stringify({
      B2BManagementPolicy: {
        InvitationsAllowedAndBlockedDomainsPolicy: {
          AllowedDomains: list.kind === 'allow' ? list.domains : [],
          BlockedDomains: list.kind === 'deny' ? list.domains : [],
        },
      },
    }),
  ],
})
