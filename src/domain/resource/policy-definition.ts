import { parametersOfCondition, parsePolicyCondition, type PolicyCondition } from './policy-condition.ts'
import { invalidRule, parametersIn, parsePolicyValue, type PolicyValue, textOf } from './policy-expression.ts'

export interface PolicyParameter {
  readonly type: string
  readonly defaultValue?: unknown
  readonly allowedValues?: readonly unknown[] | undefined
  readonly metadata?: unknown
}

export interface PolicyDefinitionContent {
  readonly displayName?: string | undefined
  readonly description?: string | undefined
  readonly mode: string
  readonly metadata?: unknown
  readonly version?: string | undefined
  readonly parameters: Readonly<Record<string, PolicyParameter>>
  /** `if` and the effect of `then`, as they were given. */
  readonly rule: { readonly condition: unknown; readonly effect: unknown }
}

export interface PolicyDefinition extends PolicyDefinitionContent {
  readonly id: string
  readonly name: string
  readonly isBuiltIn: boolean
}

export interface PolicyRule {
  readonly condition: PolicyCondition
  readonly effect: PolicyValue
}

/** Effects that are carried out here: the others would promise what nothing does. */
export const policyEffects = ['deny', 'audit', 'disabled'] as const
export type PolicyEffect = (typeof policyEffects)[number]

export const readEffect = (value: unknown): PolicyEffect | undefined =>
  policyEffects.find((effect) => effect === textOf(value).toLowerCase())

export function parsePolicyRule(content: PolicyDefinitionContent): PolicyRule {
  const condition = parsePolicyCondition(content.rule.condition)
  const effect = parsePolicyValue(content.rule.effect)
  checkEffect(effect, content)
  const declared = new Set(Object.keys(content.parameters).map((name) => name.toLowerCase()))
  for (const name of [...parametersOfCondition(condition), ...parametersIn(effect)])
    if (!declared.has(name.toLowerCase()))
      throw invalidRule(`The policy rule uses the parameter '${name}', which the definition does not declare.`)
  return { condition, effect }
}

function checkEffect(effect: PolicyValue, content: PolicyDefinitionContent): void {
  const possible =
    'literal' in effect
      ? [effect.literal]
      : parametersIn(effect).flatMap((name) => {
          const parameter = Object.entries(content.parameters).find(
            ([declared]) => declared.toLowerCase() === name.toLowerCase(),
          )?.[1]
          return parameter?.defaultValue === undefined ? [] : [parameter.defaultValue]
        })
  for (const value of possible)
    if (readEffect(value) === undefined)
      throw invalidRule(`The effect '${textOf(value)}' is not supported. Use ${policyEffects.join(', ')}.`)
}
