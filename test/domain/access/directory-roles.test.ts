import { expect, test } from 'vitest'
import {
  allowsDirectory,
  directoryPermissions,
  directoryRoleIds,
  directoryRoles,
} from '../../../src/domain/access/directory-roles.ts'

const able = (templateId: string) =>
  directoryPermissions.filter((permission) => allowsDirectory(permission, [templateId], false))

test('ACC-6: the directory roles exist under the published template ids', () => {
  expect(directoryRoles.map((role) => role.templateId).toSorted()).toEqual(Object.values(directoryRoleIds).toSorted())
  expect(able(directoryRoleIds.globalAdministrator)).toEqual(directoryPermissions)
})

test('TEN-15: a Guest inviter invites and has no other privilege than reading users', () => {
  expect(able(directoryRoleIds.guestInviter)).toEqual(['users/read', 'users/inviteGuest'])
})

test('ACC-6: a Helpdesk administrator resets passwords and changes nothing else', () => {
  expect(able(directoryRoleIds.helpdeskAdministrator).filter((permission) => !permission.endsWith('/read'))).toEqual([
    'users/resetPassword',
  ])
})

test('ACC-7: only a Global administrator may elevate access', () => {
  const roles = directoryRoles.filter((role) => role.permissions.includes('elevateAccess'))
  expect(roles.map((role) => role.name)).toEqual(['Global Administrator'])
})

test('TEN-18: without a role a member reads and a guest has nothing', () => {
  expect(allowsDirectory('users/read', [], true)).toBe(true)
  expect(allowsDirectory('users/create', [], true)).toBe(false)
  expect(directoryPermissions.filter((permission) => allowsDirectory(permission, [], false))).toEqual([])
})
