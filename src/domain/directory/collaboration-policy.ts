import {
  type DirectoryPermission,
  directoryRoleIds,
  findDirectoryRole,
  memberPermissions,
} from '../access/directory-roles.ts'

/** TEN-15, from everybody to nobody, under Azure's names. */
export const inviteLevels = ['everyone', 'adminsGuestInvitersAndAllMembers', 'adminsAndGuestInviters', 'none'] as const
export type InviteLevel = (typeof inviteLevels)[number]

/** TEN-18: what guests see of a directory without a role. */
export type GuestVisibility = 'asMembers' | 'limited' | 'restricted'

export interface CollaborationPolicy {
  readonly allowInvitesFrom: InviteLevel
  readonly guestVisibility: GuestVisibility
  readonly membersCreateApps: boolean
  readonly membersCreateSecurityGroups: boolean
  readonly membersCreateTenants: boolean
  readonly membersReadOtherUsers: boolean
  readonly privacyStatementUrl: string | null
  readonly termsOfUseUrl: string | null
}

export const defaultCollaborationPolicy: CollaborationPolicy = {
  allowInvitesFrom: 'everyone',
  guestVisibility: 'limited',
  membersCreateApps: true,
  membersCreateSecurityGroups: true,
  membersCreateTenants: true,
  membersReadOtherUsers: true,
  privacyStatementUrl: null,
  termsOfUseUrl: null,
}

/** What somebody is in a tenant before any role is looked at. Applications and consumers are nobody there. */
export type Standing = 'member' | 'guest' | 'nobody'

/** What is allowed without a role: to members TEN-25 says it, to guests TEN-18. */
export function permissionsWithoutRole(
  standing: Standing,
  policy: CollaborationPolicy,
): readonly DirectoryPermission[] {
  if (standing === 'nobody') return []
  if (standing === 'guest') return guestPermissions[policy.guestVisibility]
  return [
    ...memberPermissions.filter((permission) => permission !== 'users/read' || policy.membersReadOtherUsers),
    ...(policy.membersCreateSecurityGroups ? (['groups/create'] as const) : []),
    ...(policy.membersCreateTenants ? (['tenants/create'] as const) : []),
    ...(policy.membersCreateApps ? (['applications/create'] as const) : []),
  ]
}

const guestPermissions: Record<GuestVisibility, readonly DirectoryPermission[]> = {
  asMembers: memberPermissions,
  // Groups that they know of, with their members; no list of users or groups.
  limited: ['groups/read'],
  restricted: [],
}

const rolesThatInvite = [
  directoryRoleIds.globalAdministrator,
  directoryRoleIds.userAdministrator,
  directoryRoleIds.guestInviter,
]

/** TEN-15: the roles that invite do so at every level but the last, at which nobody does. */
export function mayInvite(level: InviteLevel, standing: Standing, roleTemplateIds: readonly string[]): boolean {
  if (level === 'none') return false
  if (roleTemplateIds.some((id) => (rolesThatInvite as readonly string[]).includes(id))) return true
  if (level === 'everyone') return standing !== 'nobody'
  return level === 'adminsGuestInvitersAndAllMembers' && standing === 'member'
}

const inviters = rolesThatInvite.map((id) => findDirectoryRole(id)?.name ?? id).join(', ')

/** Who may invite at a level, in words for a refusal. */
export const whoMayInvite: Record<InviteLevel, string> = {
  everyone: `members, guests and holders of the roles ${inviters}`,
  adminsGuestInvitersAndAllMembers: `members and holders of the roles ${inviters}`,
  adminsAndGuestInviters: `holders of the roles ${inviters}`,
  none: 'nobody',
}
