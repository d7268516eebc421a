/** What can be done in a tenant, as the operations ask for it. */
export const directoryPermissions = [
  'users/read',
  'users/create',
  'users/update',
  'users/delete',
  'users/restore',
  'users/resetPassword',
  'users/inviteGuest',
  'groups/read',
  'groups/enumerate',
  'groups/create',
  'groups/update',
  'groups/delete',
  'groups/updateMembers',
  'applications/read',
  'applications/create',
  'applications/update',
  'applications/delete',
  'servicePrincipals/read',
  'servicePrincipals/create',
  'servicePrincipals/update',
  'servicePrincipals/delete',
  'appRoleAssignments/update',
  'directoryRoles/read',
  'directoryRoles/assign',
  'domains/read',
  'domains/update',
  'organization/read',
  'organization/update',
  'policies/read',
  'policies/update',
  'deletedItems/read',
  'deletedItems/restore',
  'deletedItems/delete',
  'externalIdentities/update',
  'partnerRelationships/read',
  'partnerRelationships/update',
  'auditLogs/read',
  'tenant/delete',
  'tenants/create',
  'elevateAccess',
] as const

export type DirectoryPermission = (typeof directoryPermissions)[number]

export interface DirectoryRole {
  readonly templateId: string
  readonly name: string
  readonly description: string
  readonly permissions: readonly DirectoryPermission[]
}

export const directoryRoleIds = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  userAdministrator: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  guestInviter: '95e79109-95c0-4d8e-aee3-d01accf2d47b',
  helpdeskAdministrator: '729827e3-9c14-49f7-bb1b-9608f156bbb8',
  billingAdministrator: 'b0f54661-2d74-4c50-afa3-1ec803f12efe',
  directoryReaders: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b',
  reportsReader: '4a5d8f65-41da-4de4-8968-e035b65339cf',
} as const

const notForReaders: readonly DirectoryPermission[] = ['deletedItems/read', 'auditLogs/read']
const reading = directoryPermissions.filter(
  (permission) =>
    (permission.endsWith('/read') || permission === 'groups/enumerate') && !notForReaders.includes(permission),
)

/** The directory roles (ACC-6) under Azure's published template ids. */
export const directoryRoles: readonly DirectoryRole[] = [
  {
    templateId: directoryRoleIds.globalAdministrator,
    name: 'Global Administrator',
    description: 'Everything in the directory, and nothing on resources until access is elevated.',
    permissions: directoryPermissions,
  },
  {
    templateId: directoryRoleIds.userAdministrator,
    name: 'User Administrator',
    description: 'Manages users and groups, and resets passwords.',
    permissions: [
      ...reading,
      'users/create',
      'users/update',
      'users/delete',
      'users/restore',
      'users/resetPassword',
      'users/inviteGuest',
      'groups/create',
      'groups/update',
      'groups/delete',
      'groups/updateMembers',
      'deletedItems/read',
      'deletedItems/restore',
    ],
  },
  {
    templateId: directoryRoleIds.guestInviter,
    name: 'Guest Inviter',
    description: 'Invites guests whatever members may do, unless nobody may.',
    permissions: ['users/read', 'users/inviteGuest'],
  },
  {
    templateId: directoryRoleIds.helpdeskAdministrator,
    name: 'Helpdesk Administrator',
    description: 'Resets passwords of those who hold no administrator role.',
    permissions: [...reading, 'users/resetPassword'],
  },
  {
    templateId: directoryRoleIds.billingAdministrator,
    name: 'Billing Administrator',
    description: 'Sees the directory, also its relationships with partners.',
    permissions: reading,
  },
  {
    templateId: directoryRoleIds.directoryReaders,
    name: 'Directory Readers',
    description: 'Reads the directory.',
    permissions: reading,
  },
  {
    templateId: directoryRoleIds.reportsReader,
    name: 'Reports Reader',
    description: 'Reads the log of what was done in the directory.',
    permissions: ['auditLogs/read'],
  },
]

export const findDirectoryRole = (templateId: string): DirectoryRole | undefined =>
  directoryRoles.find((role) => role.templateId === templateId.toLowerCase())

/** Roles whose holders outrank a helpdesk: their passwords are reset by a Global administrator only. */
export const isAdministratorRole = (templateId: string): boolean =>
  templateId.toLowerCase() !== directoryRoleIds.directoryReaders && findDirectoryRole(templateId) !== undefined

/** What members read without a role; what else they may is a setting, and so is what guests see (TEN-18, TEN-25). */
export const memberPermissions: readonly DirectoryPermission[] = [
  'users/read',
  'groups/read',
  'groups/enumerate',
  'applications/read',
  'servicePrincipals/read',
  'directoryRoles/read',
  'domains/read',
  'organization/read',
]

/** Whether a role gives the permission, or it needs none (`withoutRole`). */
export function allowsDirectory(
  permission: DirectoryPermission,
  roleTemplateIds: readonly string[],
  withoutRole: readonly DirectoryPermission[],
): boolean {
  if (withoutRole.includes(permission)) return true
  return roleTemplateIds.some((id) => findDirectoryRole(id)?.permissions.includes(permission) ?? false)
}

/** What stays with the customer's own administrators, whoever else acts for them (PAR-6, PAR-13). */
const neverDelegated: readonly DirectoryPermission[] = ['tenant/delete', 'elevateAccess', 'partnerRelationships/update']

/** PAR-7: what agents of a partner may do in a customer's tenant by the privileges that were delegated to it. */
export function allowsDelegated(
  permission: DirectoryPermission,
  agents: { readonly isAdminAgent: boolean; readonly isHelpdeskAgent: boolean },
): boolean {
  if (neverDelegated.includes(permission)) return false
  const roles = [
    ...(agents.isAdminAgent ? [directoryRoleIds.globalAdministrator] : []),
    ...(agents.isHelpdeskAgent ? [directoryRoleIds.helpdeskAdministrator] : []),
  ]
  return allowsDirectory(permission, roles, [])
}
