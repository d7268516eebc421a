import { z } from 'zod'
import type { PolicyAssignment, PolicyAssignmentContent } from '../../domain/resource/policy-assignment.ts'
import { invalid } from '../../domain/refusal.ts'
import { stampOf } from './policy-definition.wire.ts'

export interface PolicyAssignmentView extends PolicyAssignment {
  readonly location: string | null
  readonly createdAt: Date
  readonly createdBy: string
  readonly updatedAt: Date
}

export const toWirePolicyAssignment = (assignment: PolicyAssignmentView) => ({
  id: assignment.id,
  name: assignment.name,
  type: 'Microsoft.Authorization/policyAssignments',
  ...(assignment.location === null ? {} : { location: assignment.location }),
  properties: {
    displayName: assignment.displayName,
    description: assignment.description,
    metadata: assignment.metadata ?? {},
    policyDefinitionId: assignment.policyDefinitionId,
    scope: assignment.scope,
    notScopes: assignment.notScopes,
    parameters: assignment.parameters,
    enforcementMode: assignment.enforcementMode,
    nonComplianceMessages: assignment.nonComplianceMessages,
  },
  ...stampOf(assignment),
})

/** Absent, null and empty mean the same: that it is not used. */
const unused = (member: string) =>
  z
    .unknown()
    .optional()
    .refine((value) => value === undefined || value === null || (Array.isArray(value) && value.length === 0), {
      error: `${member} is not supported; leave it out`,
    })

const identity = z
  .object({ type: z.literal('None', { error: "identity.type must be 'None': no effect here needs an identity" }) })
  .nullish()

export const policyAssignmentBody = z.object({
  location: z.string().nullish(),
  identity,
  properties: z.object({
    displayName: z.string().max(128).nullish(),
    description: z.string().max(512).nullish(),
    metadata: z.unknown().optional(),
    policyDefinitionId: z.string().min(1),
    definitionVersion: unused('definitionVersion'),
    notScopes: z.array(z.string().startsWith('/')).max(400).nullish(),
    parameters: z.record(z.string(), z.object({ value: z.unknown().optional() })).nullish(),
    enforcementMode: z
      .enum(['Default', 'DoNotEnforce'], { error: "enforcementMode must be 'Default' or 'DoNotEnforce'" })
      .nullish(),
    nonComplianceMessages: z
      .array(z.object({ message: z.string(), policyDefinitionReferenceId: unused('policyDefinitionReferenceId') }))
      .nullish(),
    resourceSelectors: unused('resourceSelectors'),
    overrides: unused('overrides'),
    selfServeExemptionSettings: unused('selfServeExemptionSettings'),
  }),
})

export function fromWirePolicyAssignment({
  properties,
}: z.output<typeof policyAssignmentBody>): PolicyAssignmentContent {
  return {
    displayName: properties.displayName ?? undefined,
    description: properties.description ?? undefined,
    metadata: properties.metadata,
    policyDefinitionId: properties.policyDefinitionId,
    parameters: properties.parameters ?? {},
    notScopes: properties.notScopes ?? [],
    enforcementMode: properties.enforcementMode ?? 'Default',
    nonComplianceMessages: (properties.nonComplianceMessages ?? []).map(({ message }) => ({ message })),
  }
}

export const policyAssignmentPatchBody = z.object({
  location: z.string().optional(),
  identity,
  properties: z.object({ resourceSelectors: unused('resourceSelectors'), overrides: unused('overrides') }).optional(),
})

/** `atScope()`, `atExactScope()` or `policyDefinitionId eq '…'`. */
export function parsePolicyAssignmentFilter(filter: string | undefined): {
  readonly reach: 'everywhere' | 'atScope' | 'atExactScope'
  readonly policyDefinitionId: string | undefined
} {
  const term = filter?.trim() ?? ''
  if (term === '') return { reach: 'everywhere', policyDefinitionId: undefined }
  if (/^atScope\(\)$/i.test(term)) return { reach: 'atScope', policyDefinitionId: undefined }
  if (/^atExactScope\(\)$/i.test(term)) return { reach: 'atExactScope', policyDefinitionId: undefined }
  const policyDefinitionId = /^policyDefinitionId\s+eq\s+'([^']+)'$/i.exec(term)?.[1]
  if (policyDefinitionId !== undefined) return { reach: 'everywhere', policyDefinitionId }
  throw invalid(
    'InvalidFilter',
    `The filter '${filter}' is not supported. Use atScope(), atExactScope() or policyDefinitionId eq '{id}'.`,
    '$filter',
  )
}
