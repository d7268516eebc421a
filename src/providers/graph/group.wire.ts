import { z } from 'zod'
import type { GroupAccount } from '../../domain/directory/group-account.ts'
import type { GroupChanges, WantedGroup } from '../../operations/change-group.ts'
import { objectIdOfReference, referenceList, refused } from './body.ts'
import type { Entity } from './entity.ts'

const displayName = z.string().trim().min(1).max(256)
const mailNickname = z
  .string()
  .max(64)
  .regex(/^[^@()\\[\]";:<>, ]+$/, 'has a character that is not allowed: @ ( ) \\ [ ] " ; : < > , or a space')
const description = z.string().max(1024).nullish()

const securityOnly = 'only security groups are kept here'
const kinds = {
  groupTypes: z
    .array(z.string())
    .max(0, { error: `must be empty: ${securityOnly}` })
    .optional(),
  isAssignableToRole: z
    .literal(false, { error: 'must be false: directory roles are given to people and applications' })
    .nullish(),
  ...refused(
    'assignedLabels',
    'classification',
    'membershipRule',
    'membershipRuleProcessingState',
    'preferredDataLocation',
    'preferredLanguage',
    'theme',
    'visibility',
  ),
}

export const newGroupBody = z.object({
  ...kinds,
  displayName,
  mailNickname,
  mailEnabled: z.literal(false, { error: `must be false: ${securityOnly}` }),
  securityEnabled: z.literal(true, { error: `must be true: ${securityOnly}` }),
  description,
  onPremisesSyncEnabled: z.boolean().nullish(),
  'members@odata.bind': referenceList,
  'owners@odata.bind': referenceList,
})

export const groupChangesBody = z.object({
  ...kinds,
  displayName: displayName.optional(),
  mailNickname: mailNickname.optional(),
  ...refused('onPremisesSyncEnabled'),
  mailEnabled: z.literal(false, { error: `must be false: ${securityOnly}` }).optional(),
  securityEnabled: z.literal(true, { error: `must be true: ${securityOnly}` }).optional(),
  description,
  'members@odata.bind': referenceList,
})

export const fromWireNewGroup = (body: z.output<typeof newGroupBody>): WantedGroup => ({
  displayName: body.displayName,
  mailNickname: body.mailNickname,
  description: body.description ?? null,
  isExternallyMastered: body.onPremisesSyncEnabled ?? false,
  memberIds: (body['members@odata.bind'] ?? []).map(objectIdOfReference),
  ownerIds: (body['owners@odata.bind'] ?? []).map(objectIdOfReference),
})

export const fromWireGroupChanges = (body: z.output<typeof groupChangesBody>): GroupChanges => ({
  displayName: body.displayName,
  mailNickname: body.mailNickname,
  description: body.description,
  memberIds: body['members@odata.bind']?.map(objectIdOfReference),
})

export const toWireGroup = (group: GroupAccount): Entity => ({
  id: group.id,
  displayName: group.displayName,
  description: group.description,
  mailNickname: group.mailNickname,
  mail: null,
  mailEnabled: false,
  securityEnabled: true,
  groupTypes: [],
  isAssignableToRole: null,
  onPremisesSyncEnabled: group.isExternallyMastered ? true : null,
  visibility: null,
  createdDateTime: group.createdAt.toISOString(),
})
