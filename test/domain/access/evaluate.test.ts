import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesAction } from '../../../src/domain/access/action.ts'
import { builtInRoles, roleIds } from '../../../src/domain/access/built-in-roles.ts'
import { type AccessFacts, type DenyAssignment, evaluate, type Grant } from '../../../src/domain/access/evaluate.ts'
import type { RoleDefinition, RolePermission } from '../../../src/domain/access/role-definition.ts'
import { covers, scopeKey, scopesAbove } from '../../../src/domain/access/scope.ts'

const subscription = '/subscriptions/5e3c5a0e-0000-4000-8000-000000000001'
const group = `${subscription}/resourceGroups/app`
const machine = `${group}/providers/Microsoft.Compute/virtualMachines/vm1`
const ada = 'a0000000-0000-4000-8000-000000000001'
const team = 'a0000000-0000-4000-8000-000000000002'

const grant = (roleDefinitionId: string, scope: string, principalId = ada): Grant => ({
  id: `${roleDefinitionId}@${scope}`,
  scope,
  principalId,
  roleDefinitionId,
})
const facts = (assignments: Grant[], scope = machine, principals = [ada]): AccessFacts => ({
  scope,
  principals,
  assignments,
  definitions: builtInRoles,
})
const allowed = (action: string, ...assignments: Grant[]): boolean =>
  evaluate({ action, ...facts(assignments) }).allowed

describe('the resource roles', () => {
  const write = 'Microsoft.Compute/virtualMachines/write'
  const read = 'Microsoft.Compute/virtualMachines/read'
  const assign = 'Microsoft.Authorization/roleAssignments/write'
  const assignPolicy = 'Microsoft.Authorization/policyAssignments/write'

  test('ACC-2: Owner does everything and assigns roles; Contributor does everything but assign roles and policies', () => {
    for (const action of [write, read, assign, assignPolicy])
      expect(allowed(action, grant(roleIds.owner, group))).toBe(true)
    expect(allowed(write, grant(roleIds.contributor, group))).toBe(true)
    expect(allowed(assign, grant(roleIds.contributor, group))).toBe(false)
    expect(allowed(assignPolicy, grant(roleIds.contributor, group))).toBe(false)
  })

  test('ACC-2: Reader sees, User Access Administrator assigns roles, neither changes a resource', () => {
    expect(allowed(read, grant(roleIds.reader, group))).toBe(true)
    expect(allowed(write, grant(roleIds.reader, group))).toBe(false)
    expect(allowed(assign, grant(roleIds.userAccessAdministrator, group))).toBe(true)
    expect(allowed(write, grant(roleIds.userAccessAdministrator, group))).toBe(false)
  })

  test('SUB-10: policies are assigned by Owner and Resource Policy Contributor only', () => {
    const able = builtInRoles.filter((role) => allowed(assignPolicy, grant(role.id, group))).map((role) => role.name)
    expect(able).toEqual(['Owner', 'Resource Policy Contributor'])
  })

  test('SUB-7: of all roles only Owner cancels, and only Owner changes the billing model of an identity link', () => {
    for (const action of [
      'Microsoft.Subscription/cancel/action',
      'Microsoft.AzureActiveDirectory/b2cDirectories/changeBillingModel/action',
    ]) {
      const able = builtInRoles.filter((role) => allowed(action, grant(role.id, group))).map((role) => role.name)
      expect(able).toEqual(['Owner'])
    }
  })

  test('ACC-1: only Usage Publisher reports usage; Owner, who may do every action, has no data action', () => {
    const dataAction = 'Tenantry.Metering/events/write'
    const able = builtInRoles.filter((role) => evaluate({ dataAction, ...facts([grant(role.id, group)]) }).allowed)
    expect(able.map((role) => role.name)).toEqual(['Usage Publisher'])
  })

  test('the published ids are unique and well formed', () => {
    const ids = builtInRoles.map((role) => role.id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })
})

describe('evaluation', () => {
  test('ACC-4: a role is inherited downwards, never upwards or sideways', () => {
    const decide = (scope: string) =>
      evaluate({ action: 'a/read', ...facts([grant(roleIds.reader, group)], scope) }).allowed
    expect(decide(group)).toBe(true)
    expect(decide(machine)).toBe(true)
    expect(decide(subscription)).toBe(false)
    expect(decide(`${subscription}/resourceGroups/app2`)).toBe(false)
    expect(decide(`${subscription}/RESOURCEGROUPS/APP/providers/x/y/z`)).toBe(true)
  })

  test('ACC-4: a narrower lesser role never reduces a wider greater one', () => {
    expect(allowed('x/y/write', grant(roleIds.reader, machine), grant(roleIds.owner, subscription))).toBe(true)
  })

  test('ACC-4: a deny assignment wins over every role', () => {
    const denyAssignments: DenyAssignment[] = [
      {
        id: 'deny',
        scope: group,
        permissions: [{ actions: ['*/delete'], notActions: [], dataActions: [], notDataActions: [] }],
        principalIds: [team],
        excludedPrincipalIds: [],
      },
    ]
    const asked = { ...facts([grant(roleIds.owner, subscription)], machine, [ada, team]), denyAssignments }
    expect(evaluate({ action: 'x/y/delete', ...asked }).reason).toMatchObject({ kind: 'denied' })
    expect(evaluate({ action: 'x/y/write', ...asked }).allowed).toBe(true)
    const excluded = denyAssignments.map((deny) => ({ ...deny, excludedPrincipalIds: [ada] }))
    expect(evaluate({ action: 'x/y/delete', ...asked, denyAssignments: excluded }).allowed).toBe(true)
  })

  test('ACC-4: the answer says why: which assignment, through which group, or which roles would have allowed it', () => {
    const owner = grant(roleIds.owner, subscription, team)
    const through = evaluate({ action: 'x/y/write', ...facts([owner], machine, [ada, team]) })
    expect(through.reason).toMatchObject({
      kind: 'granted',
      assignment: owner,
      throughGroup: team,
      role: { name: 'Owner' },
    })
    const direct = evaluate({ action: 'x/y/write', ...facts([grant(roleIds.owner, group)]) })
    expect(direct.reason).not.toHaveProperty('throughGroup')
    const missing = evaluate({ action: 'x/y/write', ...facts([]) })
    expect(missing.reason.kind === 'missing' && missing.reason.wouldHaveAllowed.map((role) => role.name)).toEqual([
      'Owner',
      'Contributor',
    ])
  })
})

// The reference below is written from the rule alone and as plainly as can be: for each assignment, does it
// concern the principal, the scope and the action?
const words = ['Alpha', 'beta', 'GAMMA']
const verbs = ['read', 'Write', 'delete', 'go/action']
const action = fc
  .tuple(
    fc.constantFrom('Svc.One', 'svc.two'),
    fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 2 }),
    fc.constantFrom(...verbs),
  )
  .map(([namespace, types, verb]) => [namespace, ...types, verb].join('/'))
const pattern = fc.oneof(
  action,
  fc.constant('*'),
  fc.constantFrom(
    '*/read',
    '*/Write',
    'SVC.ONE/*',
    'svc.two/*/delete',
    'Svc.One/alpha/*',
    'svc*/beta/*/read',
    '*/action',
  ),
)
const permission: fc.Arbitrary<RolePermission> = fc.record({
  actions: fc.array(pattern, { maxLength: 3 }),
  notActions: fc.array(pattern, { maxLength: 2 }),
  dataActions: fc.array(pattern, { maxLength: 2 }),
  notDataActions: fc.array(pattern, { maxLength: 2 }),
})
const scope = fc.constantFrom(
  '/',
  '/subscriptions/S1',
  '/subscriptions/s1/resourceGroups/G',
  '/Subscriptions/S1/resourcegroups/g/providers/N/t/x',
  '/subscriptions/s1/resourceGroups/g2',
  '/subscriptions/s10',
  '/subscriptions/s2/resourceGroups/g',
)
const principal = fc.constantFrom('p1', 'p2', 'g1', 'g2', 'g3')
const graph = fc.record({
  scope,
  asked: fc.oneof(
    action.map((name) => ({ action: name })),
    action.map((name) => ({ dataAction: name })),
  ),
  principals: fc.uniqueArray(principal, { minLength: 1, maxLength: 4 }),
  definitions: fc.array(fc.array(permission, { maxLength: 2 }), { minLength: 1, maxLength: 4 }),
  assignments: fc.array(fc.record({ scope, principalId: principal, role: fc.nat(4) }), { maxLength: 6 }),
  denies: fc.array(
    fc.record({
      scope,
      permissions: fc.array(permission, { maxLength: 1 }),
      principalId: principal,
      excluded: fc.option(principal),
    }),
    { maxLength: 2 },
  ),
})

function wildcard(text: string, name: string): boolean {
  if (text === '') return name === ''
  if (text.startsWith('*')) {
    for (let rest = 0; rest <= name.length; rest++) if (wildcard(text.slice(1), name.slice(rest))) return true
    return false
  }
  return (
    name !== '' &&
    text.charAt(0).toLowerCase() === name.charAt(0).toLowerCase() &&
    wildcard(text.slice(1), name.slice(1))
  )
}

function below(inner: string, outer: string): boolean {
  const split = (text: string) =>
    text
      .toLowerCase()
      .split('/')
      .filter((segment) => segment !== '')
  const [wide, narrow] = [split(outer), split(inner)]
  return wide.every((segment, index) => narrow[index] === segment)
}

function reference(random: typeof graph extends fc.Arbitrary<infer T> ? T : never): boolean {
  const name = Object.values(random.asked)[0] ?? ''
  const includes = (entry: RolePermission): boolean => {
    const yes = 'action' in random.asked ? entry.actions : entry.dataActions
    const no = 'action' in random.asked ? entry.notActions : entry.notDataActions
    let given = false
    for (const one of yes) if (wildcard(one, name)) given = true
    for (const one of no) if (wildcard(one, name)) given = false
    return given
  }
  for (const deny of random.denies) {
    if (!below(random.scope, deny.scope) || !random.principals.includes(deny.principalId)) continue
    if (deny.excluded !== null && random.principals.includes(deny.excluded)) continue
    if (deny.permissions.some(includes)) return false
  }
  for (const assignment of random.assignments) {
    const permissions = random.definitions[assignment.role]
    if (permissions === undefined) continue
    if (!random.principals.includes(assignment.principalId)) continue
    if (!below(random.scope, assignment.scope)) continue
    if (permissions.some(includes)) return true
  }
  return false
}

test('ACC-4: on random graphs of groups, scopes and roles the evaluator agrees with a naive one', () => {
  fc.assert(
    fc.property(graph, (random) => {
      const definitions = random.definitions.map(
        (permissions, index): RoleDefinition => ({
          id: `role${index}`,
          name: `role${index}`,
          description: '',
          isBuiltIn: false,
          permissions,
          assignableScopes: ['/'],
        }),
      )
      const decision = evaluate({
        ...random.asked,
        scope: random.scope,
        principals: random.principals,
        definitions,
        assignments: random.assignments.map((one, index) => ({
          id: `a${index}`,
          scope: one.scope,
          principalId: one.principalId,
          roleDefinitionId: `role${one.role}`,
        })),
        denyAssignments: random.denies.map((deny, index) => ({
          id: `d${index}`,
          scope: deny.scope,
          permissions: deny.permissions,
          principalIds: [deny.principalId],
          excludedPrincipalIds: deny.excluded === null ? [] : [deny.excluded],
        })),
      })
      expect(decision.allowed).toBe(reference(random))
      expect(decision.reason.kind === 'granted').toBe(decision.allowed)
    }),
    { numRuns: 3000 },
  )
})

test('ACC-4: wildcards agree with a naive matcher on random patterns, and a hostile pattern costs no more', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 12 })
  fc.assert(
    fc.property(letters, letters, (one, other) => {
      const text = other.replaceAll('*', 'a')
      expect(matchesAction(one, text)).toBe(wildcard(one, text))
    }),
    { numRuns: 2000 },
  )
  expect(matchesAction(`${'*a'.repeat(200)}b`, 'a'.repeat(400))).toBe(false)
})

test('ACC-4: the scopes above a scope are exactly those that cover it', () => {
  fc.assert(
    fc.property(scope, scope, (one, other) => {
      const [inner, outer] = [scopeKey(one), scopeKey(other)]
      expect(scopesAbove(inner).includes(outer)).toBe(covers(outer, inner))
      expect(covers(outer, inner)).toBe(below(inner, outer))
    }),
  )
})
