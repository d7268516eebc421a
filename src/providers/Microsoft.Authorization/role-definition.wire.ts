import { z } from 'zod'
import type { RoleDefinition } from '../../domain/access/role-definition.ts'
import { invalid } from '../../domain/refusal.ts'
import { idOfRoleDefinition } from './role-assignment.wire.ts'

interface Stamped {
  readonly createdAt: Date
  readonly createdBy: string
  readonly updatedAt: Date
}

export const toWireRoleDefinition = (scope: string, role: RoleDefinition & Partial<Stamped>) => ({
  id: idOfRoleDefinition(scope, role.id),
  name: role.id,
  type: 'Microsoft.Authorization/roleDefinitions',
  properties: {
    roleName: role.name,
    type: role.isBuiltIn ? 'BuiltInRole' : 'CustomRole',
    description: role.description,
    assignableScopes: role.assignableScopes,
    permissions: role.permissions,
    ...(role.createdAt
      ? {
          createdOn: role.createdAt.toISOString(),
          updatedOn: (role.updatedAt ?? role.createdAt).toISOString(),
          createdBy: role.createdBy,
          updatedBy: role.createdBy,
        }
      : {}),
  },
})

const patterns = z
  .array(z.string().min(1).max(500))
  .max(2000)
  .nullish()
  .transform((value) => value ?? [])

export const roleDefinitionBody = z.object({
  properties: z.object({
    roleName: z.string().trim().min(1).max(512),
    description: z.string().max(2048).nullish(),
    type: z.literal('CustomRole', { error: "type must be 'CustomRole'" }).optional(),
    permissions: z
      .array(z.object({ actions: patterns, notActions: patterns, dataActions: patterns, notDataActions: patterns }))
      .min(1)
      .max(100),
    assignableScopes: z.array(z.string().startsWith('/')).min(1).max(2000),
  }),
})

export interface RoleDefinitionFilter {
  readonly roleName: string | undefined
  readonly type: string | undefined
}

/** `roleName eq '…'` and `type eq 'BuiltInRole'`; `atScopeAndBelow()` is what the list does anyhow. */
export function parseRoleDefinitionFilter(filter: string | undefined): RoleDefinitionFilter {
  const parsed = { roleName: undefined as string | undefined, type: undefined as string | undefined }
  for (const term of (filter ?? '').split(/\s+and\s+/i).map((part) => part.trim())) {
    if (term === '' || /^atScopeAndBelow\(\)$/i.test(term)) continue
    const match = /^(roleName|type)\s+eq\s+'((?:[^']|'')*)'$/i.exec(term)
    if (!match)
      throw invalid(
        'InvalidFilter',
        `The filter '${filter}' is not supported. Use roleName eq '{name}' or type eq 'BuiltInRole' or 'CustomRole'.`,
        '$filter',
      )
    const value = (match[2] ?? '').replaceAll("''", "'").toLowerCase()
    if (match[1]?.toLowerCase() === 'type') parsed.type = value
    else parsed.roleName = value
  }
  return parsed
}
