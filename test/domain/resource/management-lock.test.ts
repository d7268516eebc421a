import { describe, expect, test } from 'vitest'
import { type LockLevel, locksAgainst } from '../../../src/domain/resource/management-lock.ts'

const group = '/subscriptions/s/resourceGroups/g'
const machine = `${group}/providers/Contoso.Compute/machines/m`
const disk = `${machine}/disks/d`
const standing = (action: string, scope: string, at: string, level: LockLevel) =>
  locksAgainst(action, scope, [{ scope: at, name: 'l', level, notes: null, owners: [] }]).length > 0
const [write, remove] = ['Contoso.Compute/machines/write', 'Contoso.Compute/machines/delete']

describe('SUB-15: a management lock', () => {
  test.each<[string, string, string, LockLevel, boolean]>([
    ['Contoso.Compute/machines/read', machine, group, 'ReadOnly', false],
    [write, machine, group, 'ReadOnly', true],
    [write, machine, group, 'CanNotDelete', false],
    [remove, machine, group.toUpperCase(), 'CanNotDelete', true],
    [remove, machine, '/subscriptions/s', 'CanNotDelete', true],
    [remove, machine, '/subscriptions/other', 'CanNotDelete', false],
    [remove, machine, `${machine}2`, 'CanNotDelete', false],
    // What is deleted takes along what lies below it; what is written does not touch it.
    [remove, machine, disk, 'CanNotDelete', true],
    [write, machine, disk, 'ReadOnly', false],
    ['Contoso.Compute/machines/restart/action', machine, machine, 'ReadOnly', true],
    ['Microsoft.Resources/tags/delete', machine, machine, 'CanNotDelete', false],
    ['Microsoft.Resources/tags/delete', machine, machine, 'ReadOnly', true],
    ['Microsoft.Authorization/roleAssignments/delete', group, group, 'CanNotDelete', true],
    ['Microsoft.Authorization/roleAssignments/delete', group, machine, 'CanNotDelete', false],
    ['Microsoft.Authorization/locks/delete', group, group, 'ReadOnly', false],
    ['Microsoft.Authorization/locks/write', group, group, 'ReadOnly', false],
    ['Microsoft.Subscription/cancel/action', '/subscriptions/s', '/subscriptions/s', 'ReadOnly', false],
    ['Microsoft.Billing/billingProperty/write', '/subscriptions/s', '/subscriptions/s', 'ReadOnly', false],
  ])('%s on %s under a lock on %s that is %s: %s', (action, scope, at, level, stands) => {
    expect(standing(action, scope, at, level)).toBe(stands)
  })
})
