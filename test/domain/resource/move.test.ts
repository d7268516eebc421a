import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../src/domain/refusal.ts'
import {
  type MoveFacts,
  moveFailures,
  movedWithChildren,
  parseMove,
  type PlacedResource,
  requireBothActive,
  requireFreeGroups,
  requireSameTenant,
} from '../../../src/domain/resource/move.ts'

const [left, right] = ['1b4e28ba-2fa1-11d2-883f-0016d3cca427', '6fa459ea-ee8a-3ca4-894e-db77e160355e']
const source = { subscriptionId: left, resourceGroupName: 'Source' }
const target = { subscriptionId: right, resourceGroupName: 'Target' }
const targetId = `/subscriptions/${right}/resourceGroups/Target`
const sourceId = `/subscriptions/${left}/resourceGroups/Source`
const id = (type: string, name: string) => `${sourceId}/providers/Contoso.Compute/${type}/${name}`
const placed = (type: string, name: string, more: Partial<PlacedResource> = {}): PlacedResource => ({
  ...source,
  type: `Contoso.Compute/${type}`,
  name,
  managedBy: null,
  properties: {},
  ...more,
})
const codeOf = (run: () => unknown): string => {
  try {
    run()
    return 'accepted'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}
const failuresOf = (resources: string[], inSource: PlacedResource[], more: Partial<MoveFacts> = {}) =>
  moveFailures({
    move: parseMove(source, resources, targetId),
    inSource,
    inTarget: [],
    registrations: new Map(),
    otherFailures: [],
    ...more,
  }).map((failure) => failure.code)

describe('SUB-15: what a move may name', () => {
  test.each([
    ['resources of one group to another', [id('machines', 'a')], targetId, 'accepted'],
    ['ids in any casing', [id('machines', 'a').toUpperCase()], targetId.toLowerCase(), 'accepted'],
    [
      'the same group, in any casing',
      [id('machines', 'a')],
      sourceId.toUpperCase(),
      'SourceAndTargetResourceGroupsAreSame',
    ],
    ['no resource', [], targetId, 'InvalidResourceIds'],
    ['a resource of another group', [`${targetId}/providers/A.B/c/d`], targetId, 'InvalidResourceIds'],
    ['a child', [`${id('machines', 'a')}/disks/d`], targetId, 'CannotMoveChildResource'],
    ['a target that is no group', [id('machines', 'a')], `/subscriptions/${right}`, 'InvalidTargetResourceGroup'],
    [
      '801 resources',
      Array.from({ length: 801 }, (_, index) => id('machines', `m${index}`)),
      targetId,
      'TooManyResourcesInMove',
    ],
    ['800 resources', Array.from({ length: 800 }, (_, index) => id('machines', `m${index}`)), targetId, 'accepted'],
  ])('%s', (_what, resources, to, code) => {
    expect(codeOf(() => parseMove(source, resources, to))).toBe(code)
  })
})

describe('SUB-15: between which subscriptions', () => {
  const move = parseMove(source, [id('machines', 'a')], targetId)
  const caller = { name: 'ada', objectId: 'x' }
  const subscription = (subscriptionId: string, state: 'Active' | 'Warned' | 'Disabled', tenantId = 't') => ({
    id: subscriptionId,
    state,
    tenantId,
  })

  test('MAU-29: another tenant is refused, and an unknown subscription in the same words', () => {
    const from = subscription(left, 'Active')
    const refusals = [subscription(right, 'Active', 'other'), undefined].map((to) => {
      try {
        return requireSameTenant(move, from, to, caller)
      } catch (error) {
        return error as Refusal
      }
    })
    expect(refusals[0]).toBeInstanceOf(Refusal)
    expect(refusals[0]).toEqual(refusals[1])
    expect((refusals[0] as Refusal).details.map((detail) => detail.code)).toEqual(['CrossTenantMoveNotSupported'])
    expect(requireSameTenant(move, from, subscription(right, 'Active'), caller).id).toBe(right)
  })

  test('only Active ones', () => {
    expect(codeOf(() => requireBothActive([subscription(left, 'Active'), subscription(right, 'Active')]))).toBe(
      'accepted',
    )
    expect(codeOf(() => requireBothActive([subscription(left, 'Active'), subscription(right, 'Warned')]))).toBe(
      'SubscriptionNotActive',
    )
  })

  test('SUB-16: a group that another move holds is free again after four hours', () => {
    const since = new Date('2026-10-01T00:00:00Z')
    const held = { name: 'Target', lock: { operationId: 'x', kind: 'moveResources', since } }
    const free = { name: 'Source', lock: undefined }
    const at = (instant: string) => codeOf(() => requireFreeGroups(move, free, held, new Date(instant)))
    expect(at('2026-10-01T04:00:00Z')).toBe('ResourceGroupLocked')
    expect(at('2026-10-01T04:00:00.001Z')).toBe('accepted')
    expect(codeOf(() => requireFreeGroups(move, free, undefined, since))).toBe('ResourceGroupNotFound')
  })
})

describe('SUB-15: what only the resources tell', () => {
  test('children move with their parent', () => {
    const all = [placed('machines', 'a'), placed('machines/disks', 'a/d'), placed('machines', 'ab')]
    const moved = movedWithChildren(parseMove(source, [id('machines', 'A')], targetId), all)
    expect(moved.map((resource) => resource.name)).toEqual(['a', 'a/d'])
  })

  test('a resource that is not there', () => {
    expect(failuresOf([id('machines', 'a')], [])).toEqual(['ResourceNotFound'])
  })

  test('a type that does not move', () => {
    const type = 'Microsoft.ContainerService/managedClusters'
    const cluster = `${sourceId}/providers/${type}/c`
    expect(failuresOf([cluster], [{ ...placed('x', 'c'), type }])).toEqual(['MoveNotSupported'])
  })

  test.each([
    ['Microsoft.AzureStackHCI/virtualMachines', ['MoveNotSupported']],
    ['MICROSOFT.AZURESTACKHCI/clusters', ['MoveNotSupported']],
    ['Microsoft.AzureStack/linkedSubscriptions', ['MoveNotSupported']],
    ['microsoft.azurestack/cloudManifestFiles', ['MoveNotSupported']],
    // The stack's registration, and a namespace that only begins like a stack's.
    ['Microsoft.AzureStack/registrations', []],
    ['Microsoft.AzureStackEdge/devices', []],
  ])('SUB-17: a resource on a stack is not moved between groups: %s', (type, codes) => {
    const resource = `${sourceId}/providers/${type}/s`
    expect(failuresOf([resource], [{ ...placed('x', 's'), type }])).toEqual(codes)
  })

  test('what depends on each other moves together, whichever way it points', () => {
    const card = placed('cards', 'n')
    const machine = placed('machines', 'a', { properties: { cards: [{ id: id('cards', 'N') }] } })
    const disk = placed('disks', 'd', { managedBy: id('machines', 'a') })
    const all = [card, machine, disk, placed('machines', 'free')]
    expect(failuresOf([id('machines', 'a')], all)).toEqual([
      'MissingMoveDependentResources',
      'MissingMoveDependentResources',
    ])
    expect(failuresOf([id('cards', 'n')], all)).toEqual(['MissingMoveDependentResources'])
    expect(failuresOf([id('machines', 'a'), id('cards', 'n'), id('disks', 'd')], all)).toEqual([])
    expect(failuresOf([id('machines', 'free')], all)).toEqual([])
  })

  test('a namespace that the target has closed', () => {
    const registrations = new Map([['contoso.compute', 'Unregistered' as const]])
    expect(failuresOf([id('machines', 'a')], [placed('machines', 'a')], { registrations })).toEqual([
      'ResourceProviderNotRegistered',
    ])
  })

  test('a name that is taken in the target', () => {
    const inTarget = [{ ...placed('machines', 'A'), ...target }]
    expect(failuresOf([id('machines', 'a')], [placed('machines', 'a')], { inTarget })).toEqual([
      'ResourceExistsInTarget',
    ])
  })

  test('a target group that is full of the type', () => {
    const inTarget = Array.from({ length: 799 }, (_, index) => ({ ...placed('machines', `t${index}`), ...target }))
    const all = [placed('machines', 'a'), placed('machines', 'b')]
    expect(failuresOf([id('machines', 'a')], all, { inTarget })).toEqual([])
    expect(failuresOf([id('machines', 'a'), id('machines', 'b')], all, { inTarget })).toEqual(['MoveQuotaExceeded'])
  })
})
