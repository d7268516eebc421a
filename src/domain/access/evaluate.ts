import { matchesAction } from './action.ts'
import type { RoleDefinition, RolePermission } from './role-definition.ts'
import { covers, scopeKey } from './scope.ts'

export interface Grant {
  readonly id: string
  readonly scope: string
  readonly principalId: string
  readonly roleDefinitionId: string
}

export interface DenyAssignment {
  readonly id: string
  readonly scope: string
  readonly permissions: readonly RolePermission[]
  readonly principalIds: readonly string[]
  readonly excludedPrincipalIds: readonly string[]
}

export type AskedFor = { readonly action: string } | { readonly dataAction: string }

export interface AccessFacts {
  readonly scope: string
  /** Who asks, first, then every group that contains it, directly or through other groups. */
  readonly principals: readonly string[]
  readonly assignments: readonly Grant[]
  readonly definitions: readonly RoleDefinition[]
  readonly denyAssignments?: readonly DenyAssignment[]
}

export type Reason =
  | {
      readonly kind: 'granted'
      readonly assignment: Grant
      readonly role: RoleDefinition
      readonly throughGroup?: string
    }
  | { readonly kind: 'denied'; readonly denyAssignment: DenyAssignment }
  | { readonly kind: 'missing'; readonly wouldHaveAllowed: readonly RoleDefinition[] }

export interface Decision {
  readonly allowed: boolean
  readonly reason: Reason
}

/** Roles add up and are inherited downwards; what none of them gives is refused (ACC-4). A deny assignment wins. */
export function evaluate(request: AskedFor & AccessFacts): Decision {
  const at = scopeKey(request.scope)
  const principals = new Set(request.principals)
  const denied = request.denyAssignments?.find(
    (deny) =>
      covers(scopeKey(deny.scope), at) &&
      deny.principalIds.some((id) => principals.has(id)) &&
      !deny.excludedPrincipalIds.some((id) => principals.has(id)) &&
      deny.permissions.some((permission) => gives(permission, request)),
  )
  if (denied) return { allowed: false, reason: { kind: 'denied', denyAssignment: denied } }
  const definitions = new Map(request.definitions.map((definition) => [definition.id, definition]))
  for (const assignment of request.assignments) {
    if (!principals.has(assignment.principalId) || !covers(scopeKey(assignment.scope), at)) continue
    const role = definitions.get(assignment.roleDefinitionId)
    if (!role?.permissions.some((permission) => gives(permission, request))) continue
    const throughGroup =
      assignment.principalId === request.principals[0] ? {} : { throughGroup: assignment.principalId }
    return { allowed: true, reason: { kind: 'granted', assignment, role, ...throughGroup } }
  }
  const wouldHaveAllowed = request.definitions.filter((role) =>
    role.permissions.some((permission) => gives(permission, request)),
  )
  return { allowed: false, reason: { kind: 'missing', wouldHaveAllowed } }
}

/** What a permission excludes it does not give; another permission or role still may. */
function gives(permission: RolePermission, asked: AskedFor): boolean {
  if ('action' in asked)
    return (
      permission.actions.some((pattern) => matchesAction(pattern, asked.action)) &&
      !permission.notActions.some((pattern) => matchesAction(pattern, asked.action))
    )
  return (
    permission.dataActions.some((pattern) => matchesAction(pattern, asked.dataAction)) &&
    !permission.notDataActions.some((pattern) => matchesAction(pattern, asked.dataAction))
  )
}
