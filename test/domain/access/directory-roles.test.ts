import { expect, test } from 'vitest'
import {
  allowsDirectory,
  directoryPermissions,
  directoryRoleIds,
  directoryRoles,
} from '../../../src/domain/access/directory-roles.ts'

const able = (templateId: string) =>
  directoryPermissions.filter((permission) => allowsDirectory(permission, [templateId], []))

test('ACC-6: the directory roles exist under the published template ids', () => {
  expect(directoryRoles.map((role) => role.templateId).toSorted()).toEqual(Object.values(directoryRoleIds).toSorted())
  expect(able(directoryRoleIds.globalAdministrator)).toEqual(directoryPermissions)
})

test('TEN-15: a Guest inviter invites and has no other privilege than reading users', () => {
  expect(able(directoryRoleIds.guestInviter)).toEqual(['users/read', 'users/inviteGuest'])
})

test('ACC-6: a Helpdesk administrator resets passwords and changes nothing else', () => {
  expect(
    able(directoryRoleIds.helpdeskAdministrator).filter((permission) => !/\/(read|enumerate)$/.test(permission)),
  ).toEqual(['users/resetPassword'])
})

test('ACC-7: only a Global administrator may elevate access', () => {
  const roles = directoryRoles.filter((role) => role.permissions.includes('elevateAccess'))
  expect(roles.map((role) => role.name)).toEqual(['Global Administrator'])
})
