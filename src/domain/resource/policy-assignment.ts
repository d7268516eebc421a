import { invalid, Refusal } from '../refusal.ts'
import {
  parsePolicyRule,
  policyEffects,
  readEffect,
  type PolicyDefinition,
  type PolicyParameter,
} from './policy-definition.ts'
import { type ParameterValues, resolvePolicyValue, textOf } from './policy-expression.ts'

export interface PolicyAssignmentContent {
  readonly displayName?: string | undefined
  readonly description?: string | undefined
  readonly metadata?: unknown
  readonly policyDefinitionId: string
  readonly parameters: Readonly<Record<string, { readonly value?: unknown }>>
  readonly notScopes: readonly string[]
  /** `DoNotEnforce` judges and reports, and refuses nothing. */
  readonly enforcementMode: 'Default' | 'DoNotEnforce'
  readonly nonComplianceMessages: readonly { readonly message: string }[]
}

export interface PolicyAssignment extends PolicyAssignmentContent {
  readonly id: string
  readonly name: string
  readonly scope: string
}

/** Values by lower-case name: what the assignment gives, else what the definition defaults to. */
export function parameterValues(assignment: PolicyAssignmentContent, definition: PolicyDefinition): ParameterValues {
  const values = new Map<string, unknown>()
  for (const [name, parameter] of Object.entries(definition.parameters))
    if (parameter.defaultValue !== undefined) values.set(name.toLowerCase(), parameter.defaultValue)
  for (const [name, { value }] of Object.entries(assignment.parameters))
    if (value !== undefined) values.set(name.toLowerCase(), value)
  return values
}

/** Refuses an assignment whose parameters do not fit its definition. */
export function checkParameters(name: string, assignment: PolicyAssignmentContent, definition: PolicyDefinition): void {
  const declared = new Map(Object.entries(definition.parameters).map(([key, value]) => [key.toLowerCase(), value]))
  for (const given of Object.keys(assignment.parameters))
    if (!declared.has(given.toLowerCase()))
      throw invalid(
        'UndefinedPolicyParameter',
        `The policy assignment '${name}' has the parameter '${given}', which the policy definition '${definition.name}' does not declare.`,
        `properties.parameters.${given}`,
      )
  const values = parameterValues(assignment, definition)
  const missing = Object.keys(definition.parameters).filter((key) => !values.has(key.toLowerCase()))
  if (missing.length > 0)
    throw invalid(
      'MissingPolicyParameter',
      `The policy assignment '${name}' is missing the parameter(s) '${missing.join(', ')}' as defined in the policy definition '${definition.name}'.`,
      'properties.parameters',
    )
  for (const [key, value] of values) checkValue(key, value, declared.get(key))
  const effect = resolvePolicyValue(parsePolicyRule(definition).effect, values)
  if (readEffect(effect) === undefined)
    throw invalid(
      'InvalidPolicyParameters',
      `The effect '${textOf(effect)}' is not supported. Use ${policyEffects.join(', ')}.`,
      'properties.parameters',
    )
}

function checkValue(name: string, value: unknown, parameter: PolicyParameter | undefined): void {
  const target = `properties.parameters.${name}`
  if (parameter && !isOfType(value, parameter.type))
    throw invalid(
      'InvalidPolicyParameters',
      `The value of the parameter '${name}' is not of type '${parameter.type}'.`,
      target,
    )
  const allowed = parameter?.allowedValues
  if (!allowed) return
  const refused = (Array.isArray(value) ? value : [value]).filter((item) => !allowed.some((one) => isEqual(one, item)))
  if (refused.length > 0)
    throw new Refusal(
      'invalid',
      'PolicyParameterValueNotAllowed',
      `The value '${refused.map(textOf).join(', ')}' of the parameter '${name}' is not one of '${allowed.map(textOf).join(', ')}'.`,
      { target },
    )
}

const isEqual = (left: unknown, right: unknown): boolean =>
  JSON.stringify(left).toLowerCase() === JSON.stringify(right).toLowerCase()

function isOfType(value: unknown, type: string): boolean {
  switch (type.toLowerCase()) {
    case 'array':
      return Array.isArray(value)
    case 'string':
      return typeof value === 'string'
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isInteger(value)
    case 'float':
      return typeof value === 'number'
    case 'datetime':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
    default:
      return typeof value === 'object' && value !== null && !Array.isArray(value)
  }
}
