import { describe, expect, test } from 'vitest'
import type { PolicyAssignment } from '../../../src/domain/resource/policy-assignment.ts'
import { checkParameters } from '../../../src/domain/resource/policy-assignment.ts'
import { builtInPolicies, builtInPolicyId } from '../../../src/domain/resource/policy-built-in.ts'
import type { PolicyResource } from '../../../src/domain/resource/policy-condition.ts'
import { parsePolicyRule, type PolicyDefinition } from '../../../src/domain/resource/policy-definition.ts'
import { evaluatePolicies, policyRefusal } from '../../../src/domain/resource/policy-evaluation.ts'

const subscription = '/subscriptions/5e3c5a0e-0000-4000-8000-000000000001'
const group = `${subscription}/resourceGroups/app`
const allowedLocations = builtInPolicyId('e56962a6-4747-49cd-b67b-bf8b01975c4c')
const allowedLocationsOfGroups = builtInPolicyId('e765b5de-1225-4ba3-bd56-1ac6695af988')

const machine = (more: Partial<PolicyResource> = {}): PolicyResource => ({
  id: `${group}/providers/Microsoft.Compute/virtualMachines/vm1`,
  type: 'Microsoft.Compute/virtualMachines',
  name: 'vm1',
  location: 'westus',
  tags: {},
  ...more,
})
const assign = (policyDefinitionId: string, more: Partial<PolicyAssignment> = {}): PolicyAssignment => ({
  id: `${subscription}/providers/Microsoft.Authorization/policyAssignments/rule`,
  name: 'rule',
  scope: subscription,
  policyDefinitionId,
  parameters: {},
  notScopes: [],
  enforcementMode: 'Default',
  nonComplianceMessages: [],
  ...more,
})
const inEurope = { parameters: { listOfAllowedLocations: { value: ['West Europe', 'northeurope'] } } }

const custom = (condition: unknown, effect: unknown = 'deny', parameters = {}): PolicyDefinition => ({
  id: `${subscription}/providers/Microsoft.Authorization/policyDefinitions/own`,
  name: 'own',
  isBuiltIn: false,
  mode: 'All',
  parameters,
  rule: { condition, effect },
})
function isRefused(condition: unknown, resource = machine()): boolean {
  const definition = custom(condition)
  return evaluatePolicies([assign(definition.id)], [definition], resource).some((verdict) => verdict.isRefused)
}

describe('regional restriction', () => {
  test('SUB-12: the built-in rule refuses a location that is not listed and lets a listed one through, however it is written', () => {
    const verdict = (location: string) =>
      evaluatePolicies([assign(allowedLocations, inEurope)], builtInPolicies, machine({ location }))[0]
    expect(verdict('westus')).toMatchObject({ effect: 'deny', isCompliant: false, isRefused: true })
    expect(verdict('westeurope')).toMatchObject({ isCompliant: true, isRefused: false })
    expect(verdict('North Europe')).toMatchObject({ isCompliant: true })
  })

  test('SUB-14: it exempts resource groups, location global and identity links; the rule for groups covers groups', () => {
    const both = [assign(allowedLocations, inEurope), assign(allowedLocationsOfGroups, inEurope)]
    const refusing = (resource: PolicyResource) =>
      evaluatePolicies(both, builtInPolicies, resource).flatMap((verdict) =>
        verdict.isRefused ? verdict.definition.displayName : [],
      )
    expect(refusing(machine({ location: 'global' }))).toEqual([])
    expect(
      refusing(machine({ type: 'microsoft.azureactivedirectory/B2CDIRECTORIES', location: 'United States' })),
    ).toEqual([])
    expect(
      refusing(machine({ type: 'Microsoft.Resources/subscriptions/resourceGroups', id: group, name: 'app' })),
    ).toEqual(['Allowed locations for resource groups'])
  })

  test('SUB-13: a custom rule may refuse an identity link, and the refusal names the location, what is allowed, and the cure', () => {
    const link = machine({
      type: 'Microsoft.AzureActiveDirectory/b2cDirectories',
      name: 'contoso',
      location: 'United States',
    })
    const definition = custom({ not: { field: 'location', in: ['Europe'] } })
    const refusal = policyRefusal(link, evaluatePolicies([assign(definition.id)], [definition], link))
    expect(refusal?.message).toContain("Resource 'contoso' was disallowed by policy. Policy identifiers: '[{")
    expect(refusal?.details[0]).toMatchObject({ code: 'LocationNotAllowed' })
    const message = refusal?.details[0]?.message ?? ''
    expect(message).toContain(
      "'Microsoft.AzureActiveDirectory/b2cDirectories/write' in location 'United States' is refused; allowed: 'europe'",
    )
    expect(message).toContain('have the restriction relaxed')
    expect(refusal?.message).toContain(message)
  })

  test('SUB-12: the refusal names every policy that refuses, with what was compared', () => {
    const tags = assign(builtInPolicyId('871b6d14-10aa-478d-b590-94f262ecfa99'), {
      id: `${group}/providers/Microsoft.Authorization/policyAssignments/tags`,
      name: 'tags',
      scope: group,
      parameters: { tagName: { value: 'costCentre' } },
      nonComplianceMessages: [{ message: 'Every resource needs a cost centre' }],
    })
    const refusal = policyRefusal(
      machine(),
      evaluatePolicies([assign(allowedLocations, inEurope), tags], builtInPolicies, machine()),
    )
    expect(refusal).toMatchObject({ kind: 'forbidden', code: 'RequestDisallowedByPolicy', target: 'vm1' })
    expect(refusal?.message).toContain("Reasons: 'Every resource needs a cost centre'.")
    const identifiers = JSON.parse(/Policy identifiers: '(\[.*?\}\}\])'/.exec(refusal?.message ?? '')?.[1] ?? '')
    expect(identifiers.map((one: { policyAssignment: { id: string } }) => one.policyAssignment.id)).toEqual([
      `${subscription}/providers/Microsoft.Authorization/policyAssignments/rule`,
      tags.id,
    ])
    expect(refusal?.additionalInfo?.map(({ type }) => type)).toEqual(['PolicyViolation', 'PolicyViolation'])
    expect(refusal?.additionalInfo?.[0]?.info).toMatchObject({
      policyDefinitionEffect: 'deny',
      evaluationDetails: {
        evaluatedExpressions: [
          {
            result: 'True',
            expressionKind: 'Field',
            expression: 'location',
            path: 'location',
            expressionValue: 'westus',
            targetValue: ['West Europe', 'northeurope'],
            operator: 'NotIn',
          },
          { operator: 'NotEquals', targetValue: 'global' },
          { operator: 'NotEquals', path: 'type' },
        ],
      },
    })
  })
})

describe('what applies', () => {
  test('SUB-10: a scope and everything below it, except excluded scopes', () => {
    const judged = (more: Partial<PolicyAssignment>) =>
      evaluatePolicies([assign(allowedLocations, { ...inEurope, ...more })], builtInPolicies, machine()).length
    expect(judged({ scope: group })).toBe(1)
    expect(judged({ scope: machine().id })).toBe(1)
    expect(judged({ scope: `${subscription}/resourceGroups/ap` })).toBe(0)
    expect(judged({ notScopes: [group.toUpperCase()] })).toBe(0)
    expect(judged({ notScopes: [`${subscription}/resourceGroups/other`] })).toBe(1)
  })

  test('SUB-11: DoNotEnforce and audit report without refusing; disabled says nothing', () => {
    const definition = (effect: string) => custom({ field: 'location', equals: 'westus' }, effect)
    const verdict = (effect: string, more: Partial<PolicyAssignment> = {}) =>
      evaluatePolicies([assign(definition(effect).id, more)], [definition(effect)], machine())
    expect(verdict('Deny')).toMatchObject([{ isCompliant: false, isRefused: true }])
    expect(verdict('Audit')).toMatchObject([{ isCompliant: false, isRefused: false }])
    expect(verdict('Deny', { enforcementMode: 'DoNotEnforce' })).toMatchObject([
      { isCompliant: false, isRefused: false },
    ])
    expect(verdict('disabled')).toEqual([])
  })

  test('SUB-10: mode Indexed leaves out groups and what has no location', () => {
    const definition = { ...custom({ field: 'name', like: '*' }), mode: 'Indexed' }
    const judged = (resource: PolicyResource) =>
      evaluatePolicies([assign(definition.id)], [definition], resource).length
    expect(judged(machine())).toBe(1)
    expect(judged(machine({ location: undefined }))).toBe(0)
    expect(judged(machine({ type: 'Microsoft.Resources/subscriptions/resourceGroups' }))).toBe(0)
  })
})

describe('conditions', () => {
  const tagged = machine({ tags: { CostCentre: 'A-17', env: 'prod' }, kind: 'Linux' })
  test.each([
    [{ field: 'type', equals: 'microsoft.compute/VIRTUALMACHINES' }, true],
    [{ field: 'type', notEquals: 'Microsoft.Compute/virtualMachines' }, false],
    [{ field: 'location', in: ['East US', 'West US'] }, true],
    [{ field: 'location', notIn: ['East US'] }, true],
    [{ field: 'kind', equals: 'linux' }, true],
    [{ field: 'name', like: 'vm*' }, true],
    [{ field: 'name', like: 'm*' }, false],
    [{ field: 'name', notLike: '*2' }, true],
    [{ field: 'name', contains: 'M1' }, true],
    [{ field: 'name', match: '??#' }, true],
    [{ field: 'name', match: 'VM#' }, false],
    [{ field: 'name', matchInsensitively: 'VM#' }, true],
    [{ field: 'name', notMatchInsensitively: 'VM#' }, false],
    [{ field: "tags['costcentre']", exists: true }, true],
    [{ field: 'tags.env', equals: 'PROD' }, true],
    [{ field: 'tags[owner]', exists: 'false' }, true],
    [{ field: 'tags.owner', equals: 'x' }, false],
    [{ field: 'tags.owner', notEquals: 'x' }, true],
    [{ field: 'tags', containsKey: 'ENV' }, true],
    [{ field: 'tags.env', in: ['test', 'Prod'] }, true],
    [
      {
        allOf: [
          { field: 'name', equals: 'vm1' },
          { field: 'tags.env', equals: 'test' },
        ],
      },
      false,
    ],
    [
      {
        anyOf: [
          { field: 'name', equals: 'vm2' },
          { field: 'tags.env', equals: 'prod' },
        ],
      },
      true,
    ],
    [{ not: { anyOf: [{ field: 'name', equals: 'vm2' }] } }, true],
    [{ FIELD: 'name', EQUALS: 'vm1' }, true],
    [{ field: "[concat('tags[', 'env', ']')]", equals: 'prod' }, true],
    [{ field: 'name', equals: '[[vm1]' }, false],
  ])('SUB-12: %j is %j', (condition, expected) => {
    expect(isRefused(condition, tagged)).toBe(expected)
  })

  test.each([
    [
      { field: 'Microsoft.Compute/virtualMachines/sku.name', equals: 'x' },
      "The field 'Microsoft.Compute/virtualMachines/sku.name'",
    ],
    [{ field: 'name', greater: 3 }, "it has 'greater'"],
    [{ field: 'name' }, 'exactly one operator'],
    [{ field: 'name', equals: 'a', like: 'b' }, "it has 'equals, like'"],
    [{ value: '[resourceGroup().location]', equals: 'x' }, "'value'"],
    [{ count: { field: 'x' }, equals: 1 }, "'count'"],
    [{ allOf: [] }, "'allOf'"],
    [{ field: 'name', equals: "[resourceGroup('x')]" }, "[resourceGroup('x')]"],
    [{ field: 'name', equals: "[parameters('undeclared')]" }, "the parameter 'undeclared'"],
    [[], 'must be an object'],
  ])('SUB-12: what is not supported is refused by name: %j', (condition, said) => {
    expect(() => parsePolicyRule(custom(condition))).toThrow(said)
  })

  test('SUB-12: an effect that nothing carries out is refused by name, also as the default of a parameter', () => {
    const condition = { field: 'name', equals: 'x' }
    expect(() => parsePolicyRule(custom(condition, 'modify'))).toThrow("The effect 'modify' is not supported")
    const parameters = { effect: { type: 'String', defaultValue: 'DeployIfNotExists' } }
    expect(() => parsePolicyRule(custom(condition, "[parameters('effect')]", parameters))).toThrow('DeployIfNotExists')
  })

  test('SUB-12: the built-in definitions are all within what is supported', () => {
    for (const definition of builtInPolicies) expect(parsePolicyRule(definition).effect).toBeDefined()
  })
})

describe('parameters of an assignment', () => {
  const definition = custom({ field: 'location', notIn: "[parameters('where')]" }, "[parameters('effect')]", {
    where: { type: 'Array', allowedValues: ['westeurope', 'northeurope'] },
    effect: { type: 'String', defaultValue: 'deny' },
  })
  const check = (parameters: PolicyAssignment['parameters']) => () =>
    checkParameters('rule', assign(definition.id, { parameters }), definition)
  const where = { value: ['westeurope'] }

  test('SUB-10: a missing, undeclared, mistyped or disallowed parameter is refused by name', () => {
    expect(check({ where })).not.toThrow()
    expect(check({})).toThrow("missing the parameter(s) 'where'")
    expect(check({ where, other: { value: 1 } })).toThrow("the parameter 'other'")
    expect(check({ where: { value: 'westeurope' } })).toThrow("not of type 'Array'")
    expect(check({ where: { value: ['westus'] } })).toThrow("The value 'westus'")
    expect(check({ where, effect: { value: 'append' } })).toThrow("The effect 'append'")
  })

  test('SUB-10: names of parameters compare without case, and a given value wins over the default', () => {
    const effects = (parameters: PolicyAssignment['parameters']) =>
      evaluatePolicies([assign(definition.id, { parameters })], [definition], machine()).map(
        (verdict) => verdict.effect,
      )
    expect(effects({ WHERE: where })).toEqual(['deny'])
    expect(effects({ where, Effect: { value: 'Audit' } })).toEqual(['audit'])
  })
})
