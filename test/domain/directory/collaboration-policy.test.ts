import { expect, test } from 'vitest'
import {
  directoryPermissions,
  directoryRoleIds,
  memberPermissions,
} from '../../../src/domain/access/directory-roles.ts'
import {
  defaultCollaborationPolicy,
  inviteLevels,
  mayInvite,
  permissionsWithoutRole,
  type Standing,
} from '../../../src/domain/directory/collaboration-policy.ts'
import { allowsDomain, asciiDomain, newDomainList } from '../../../src/domain/directory/domain-list.ts'
import { isInvited, stateAt } from '../../../src/domain/directory/invitation.ts'

const people: readonly [string, Standing, readonly string[]][] = [
  ['guest', 'guest', []],
  ['member', 'member', []],
  ['application', 'nobody', []],
  ['reader', 'member', [directoryRoleIds.directoryReaders]],
  ['guest who is Guest Inviter', 'guest', [directoryRoleIds.guestInviter]],
  ['User Administrator', 'member', [directoryRoleIds.userAdministrator]],
  ['Global Administrator', 'member', [directoryRoleIds.globalAdministrator]],
]

test('TEN-15: the four levels, from anybody with an account to nobody at all', () => {
  const able = inviteLevels.map((level) => [
    level,
    people.filter(([, standing, roles]) => mayInvite(level, standing, roles)).map(([name]) => name),
  ])
  const byRole = ['guest who is Guest Inviter', 'User Administrator', 'Global Administrator']
  expect(Object.fromEntries(able)).toEqual({
    everyone: ['guest', 'member', 'reader', ...byRole],
    adminsGuestInvitersAndAllMembers: ['member', 'reader', ...byRole],
    adminsAndGuestInviters: byRole,
    none: [],
  })
})

test('TEN-18: guests see like members, only groups that they know of, or nothing', () => {
  const seen = (guestVisibility: 'asMembers' | 'limited' | 'restricted') =>
    permissionsWithoutRole('guest', { ...defaultCollaborationPolicy, guestVisibility })
  expect(seen('asMembers')).toEqual(memberPermissions)
  expect(seen('limited')).toEqual(['groups/read'])
  expect(seen('restricted')).toEqual([])
  expect(defaultCollaborationPolicy.guestVisibility).toBe('limited')
})

test('TEN-18: applications and consumers have nothing without a role', () => {
  expect(permissionsWithoutRole('nobody', defaultCollaborationPolicy)).toEqual([])
})

test('TEN-25: what members may do without a role is what the setting leaves them', () => {
  const policy = { ...defaultCollaborationPolicy }
  expect(permissionsWithoutRole('member', policy)).toEqual([
    ...memberPermissions,
    'groups/create',
    'tenants/create',
    'applications/create',
  ])
  const none = permissionsWithoutRole('member', {
    ...policy,
    membersCreateApps: false,
    membersCreateSecurityGroups: false,
    membersCreateTenants: false,
    membersReadOtherUsers: false,
  })
  expect(none).toEqual(memberPermissions.filter((permission) => permission !== 'users/read'))
  for (const permission of none) expect(directoryPermissions).toContain(permission)
})

test('TEN-16: an allow list refuses every other domain, a deny list its own; never both', () => {
  expect(allowsDomain(undefined, 'fabrikam.com')).toBe(true)
  const allow = newDomainList(['Fabrikam.com'], [])
  expect([allowsDomain(allow, 'fabrikam.com'), allowsDomain(allow, 'other.com')]).toEqual([true, false])
  const deny = newDomainList([], ['fabrikam.com'])
  expect([allowsDomain(deny, 'fabrikam.com'), allowsDomain(deny, 'other.com')]).toEqual([false, true])
  expect(() => newDomainList(['a.com'], ['b.com'])).toThrow('either AllowedDomains or BlockedDomains')
})

test('DEC-48: domains match exactly, without case, and in their ASCII form', () => {
  const list = newDomainList([], ['BÜCHER.example'])
  expect(list.domains).toEqual(['xn--bcher-kva.example'])
  expect(allowsDomain(list, asciiDomain('bücher.example') ?? '')).toBe(false)
  expect(allowsDomain(newDomainList([], ['fabrikam.com']), 'mail.fabrikam.com')).toBe(true)
  for (const pattern of ['*.fabrikam.com', 'fabrikam', 'a b.com', '@fabrikam.com', 'https://fabrikam.com', ''])
    expect(() => newDomainList([], [pattern]), pattern).toThrow('is not a domain')
})

test('S22: the invited address is matched by mail or user principal name, without case, and by nothing near it', () => {
  const someone = { tenantId: 'x', objectId: 'y' }
  const invitation = { address: 'Ann@Fabrikam.example' }
  expect(isInvited({ ...someone, userName: 'ANN@fabrikam.example', mail: null }, invitation)).toBe(true)
  expect(isInvited({ ...someone, userName: 'a@x.onmicrosoft.com', mail: 'ann@fabrikam.example' }, invitation)).toBe(
    true,
  )
  for (const mail of ['ann@fabrikam.example.org', 'annn@fabrikam.example', 'ann@mail.fabrikam.example', null])
    expect(isInvited({ ...someone, userName: 'bo@fabrikam.example', mail }, invitation)).toBe(false)
})

test('DEC-16: an invitation is expired at its instant, before the due work has come to it', () => {
  const expiresAt = new Date('2026-02-01T00:00:00Z')
  expect(stateAt({ state: 'Pending', expiresAt }, new Date('2026-01-31T23:59:59.999Z'))).toBe('Pending')
  expect(stateAt({ state: 'Pending', expiresAt }, expiresAt)).toBe('Expired')
  expect(stateAt({ state: 'Accepted', expiresAt }, expiresAt)).toBe('Accepted')
})
