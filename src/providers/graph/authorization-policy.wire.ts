import { z } from 'zod'
import {
  type CollaborationPolicy,
  type GuestVisibility,
  inviteLevels,
} from '../../domain/directory/collaboration-policy.ts'
import { refused } from './body.ts'
import type { Entity } from './entity.ts'

/** Azure's role ids for the three levels of TEN-18. */
export const guestUserRoleIds: Record<GuestVisibility, string> = {
  asMembers: 'a0b1b346-4d3e-4e8b-98f8-753987be4970',
  limited: '10dae51f-b6af-4016-8d66-8c2a99b929b3',
  restricted: '2af84b1e-32c8-42b7-82bc-daa82404023b',
}

const fixed = <T extends boolean>(value: T) =>
  z.literal(value, { error: `is always ${value} here; repeat the request without it` }).optional()

export const authorizationPolicyBody = z.object({
  allowInvitesFrom: z.enum(inviteLevels).optional(),
  guestUserRoleId: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(Object.values(guestUserRoleIds), { error: 'is the id of no level of guest access' }))
    .optional(),
  defaultUserRolePermissions: z
    .object({
      allowedToCreateApps: z.boolean().optional(),
      allowedToCreateSecurityGroups: z.boolean().optional(),
      allowedToCreateTenants: z.boolean().optional(),
      allowedToReadOtherUsers: z.boolean().optional(),
      ...refused('allowedToReadBitlockerKeysForOwnedDevice', 'permissionGrantPoliciesAssigned'),
    })
    .optional(),
  allowedToSignUpEmailBasedSubscriptions: fixed(false),
  allowedToUseSSPR: fixed(false),
  allowEmailVerifiedUsersToJoinOrganization: fixed(false),
  allowUserConsentForRiskyApps: fixed(false),
  blockMsolPowerShell: fixed(true),
})

export function fromWireAuthorizationPolicy(body: z.output<typeof authorizationPolicyBody>) {
  const levels = Object.entries(guestUserRoleIds) as [GuestVisibility, string][]
  const members = body.defaultUserRolePermissions
  return {
    allowInvitesFrom: body.allowInvitesFrom,
    guestVisibility: levels.find(([, id]) => id === body.guestUserRoleId)?.[0],
    membersCreateApps: members?.allowedToCreateApps,
    membersCreateSecurityGroups: members?.allowedToCreateSecurityGroups,
    membersCreateTenants: members?.allowedToCreateTenants,
    membersReadOtherUsers: members?.allowedToReadOtherUsers,
  }
}

export const toWireAuthorizationPolicy = (policy: CollaborationPolicy): Entity => ({
  id: 'authorizationPolicy',
  displayName: 'Authorization Policy',
  description: 'Used to manage authorization related settings across the company.',
  allowInvitesFrom: policy.allowInvitesFrom,
  allowedToSignUpEmailBasedSubscriptions: false,
  allowedToUseSSPR: false,
  allowEmailVerifiedUsersToJoinOrganization: false,
  allowUserConsentForRiskyApps: false,
  blockMsolPowerShell: true,
  guestUserRoleId: guestUserRoleIds[policy.guestVisibility],
  defaultUserRolePermissions: {
    allowedToCreateApps: policy.membersCreateApps,
    allowedToCreateSecurityGroups: policy.membersCreateSecurityGroups,
    allowedToCreateTenants: policy.membersCreateTenants,
    allowedToReadOtherUsers: policy.membersReadOtherUsers,
  },
})
