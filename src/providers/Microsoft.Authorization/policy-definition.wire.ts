import { z } from 'zod'
import type { PolicyDefinition, PolicyDefinitionContent } from '../../domain/resource/policy-definition.ts'
import { invalid } from '../../domain/refusal.ts'

interface Stamped {
  readonly createdAt: Date
  readonly createdBy: string
  readonly updatedAt: Date
}

export const toWirePolicyDefinition = (definition: PolicyDefinition & Partial<Stamped>) => ({
  id: definition.id,
  name: definition.name,
  type: 'Microsoft.Authorization/policyDefinitions',
  properties: {
    displayName: definition.displayName,
    policyType: definition.isBuiltIn ? 'BuiltIn' : 'Custom',
    mode: definition.mode,
    description: definition.description,
    metadata: definition.metadata ?? {},
    ...(definition.version === undefined ? {} : { version: definition.version, versions: [definition.version] }),
    parameters: definition.parameters,
    // oxlint-disable-next-line unicorn/no-thenable -- the published name of the member
    policyRule: { if: definition.rule.condition, then: { effect: definition.rule.effect } },
  },
  ...stampOf(definition),
})

/** `systemData` of what somebody made; built-in definitions have none. */
export function stampOf({ createdAt, createdBy, updatedAt }: Partial<Stamped>) {
  if (createdAt === undefined) return {}
  return {
    systemData: {
      createdBy,
      createdAt: createdAt.toISOString(),
      lastModifiedBy: createdBy,
      lastModifiedAt: (updatedAt ?? createdAt).toISOString(),
    },
  }
}

const parameter = z.object({
  type: z.string().regex(/^(String|Array|Object|Boolean|Integer|Float|DateTime)$/i),
  defaultValue: z.unknown().optional(),
  allowedValues: z.array(z.unknown()).optional(),
  metadata: z.unknown().optional(),
})

export const policyDefinitionBody = z.object({
  properties: z.object({
    displayName: z.string().max(128).nullish(),
    description: z.string().max(512).nullish(),
    policyType: z.enum(['Custom', 'NotSpecified'], { error: "policyType must be 'Custom'" }).optional(),
    mode: z
      .string()
      .regex(/^(All|Indexed)$/i, { error: "mode must be 'All' or 'Indexed'" })
      .nullish(),
    metadata: z.unknown().optional(),
    version: z.string().nullish(),
    parameters: z.record(z.string(), parameter).nullish(),
    externalEvaluationEnforcementSettings: z
      .undefined({ error: 'externalEvaluationEnforcementSettings is not supported; leave it out' })
      .optional(),
    policyRule: z.object({
      if: z.unknown().refine((value) => value !== undefined, { error: 'if is missing' }),
      // oxlint-disable-next-line unicorn/no-thenable -- the published name of the member
      then: z.object({
        effect: z.string(),
        details: z.undefined({ error: 'details is not supported; deny, audit and disabled have none' }).optional(),
      }),
    }),
  }),
})

export function fromWirePolicyDefinition({
  properties,
}: z.output<typeof policyDefinitionBody>): PolicyDefinitionContent {
  return {
    displayName: properties.displayName ?? undefined,
    description: properties.description ?? undefined,
    mode: properties.mode ?? 'Indexed',
    metadata: properties.metadata,
    version: properties.version ?? '1.0.0',
    parameters: properties.parameters ?? {},
    rule: { condition: properties.policyRule.if, effect: properties.policyRule.then.effect },
  }
}

/** `policyType eq 'BuiltIn'`, also as the `-eq` of the documents, and `category eq '…'`. */
export function parsePolicyDefinitionFilter(filter: string | undefined): (definition: PolicyDefinition) => boolean {
  if (filter === undefined || filter.trim() === '') return () => true
  if (/^atExactScope\(\)$/i.test(filter.trim())) return (definition) => !definition.isBuiltIn
  const match = /^(policyType|category)\s+-?eq\s+'([^']*)'$/i.exec(filter.trim())
  const wanted = match?.[2]?.toLowerCase()
  if (
    match?.[1]?.toLowerCase() === 'policytype' &&
    wanted !== undefined &&
    ['builtin', 'custom', 'static', 'notspecified'].includes(wanted)
  )
    return (definition) => (definition.isBuiltIn ? 'builtin' : 'custom') === wanted
  if (match?.[1]?.toLowerCase() === 'category')
    return ({ metadata }) =>
      (metadata as { category?: unknown } | undefined)?.category?.toString().toLowerCase() === wanted
  throw invalid(
    'InvalidFilter',
    `The filter '${filter}' is not supported. Use policyType eq 'BuiltIn' or 'Custom', category eq '{name}', or atExactScope().`,
    '$filter',
  )
}
