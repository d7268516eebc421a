export interface RolePermission {
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
  readonly dataActions: readonly string[]
  readonly notDataActions: readonly string[]
}

export interface RoleDefinition {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly isBuiltIn: boolean
  readonly permissions: readonly RolePermission[]
  readonly assignableScopes: readonly string[]
}
