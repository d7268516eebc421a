import type { Selectable } from 'kysely'
import { scopeKey } from '../domain/access/scope.ts'
import type { PolicyDefinition, PolicyDefinitionContent } from '../domain/resource/policy-definition.ts'
import { type Db, json } from './db.ts'
import type { Database } from './schema.ts'

/** A definition of a subscription's own; the built-in ones are data of the domain. */
export interface CustomPolicy extends PolicyDefinition {
  readonly createdAt: Date
  readonly createdBy: string
  readonly updatedAt: Date
  readonly revision: bigint
}

export async function findCustomPolicy(db: Db, scope: string, name: string): Promise<CustomPolicy | undefined> {
  const row = await one(db, scope, name).executeTakeFirst()
  return row && toCustomPolicy(scope, row)
}

/** Holds the definition against being deleted while something is assigned from it, or the other way round. */
export async function lockCustomPolicy(
  db: Db,
  scope: string,
  name: string,
  strength: 'share' | 'update',
): Promise<CustomPolicy | undefined> {
  const query = one(db, scope, name)
  const row = await (strength === 'share' ? query.forShare() : query.forUpdate()).executeTakeFirst()
  return row && toCustomPolicy(scope, row)
}

function one(db: Db, scope: string, name: string) {
  return db
    .selectFrom('policy_definition')
    .selectAll()
    .where('scope_key', '=', scopeKey(scope))
    .where('name_key', '=', name.toLowerCase())
}

export async function listCustomPolicies(db: Db, scope: string): Promise<CustomPolicy[]> {
  const rows = await db
    .selectFrom('policy_definition')
    .selectAll()
    .where('scope_key', '=', scopeKey(scope))
    .orderBy('name_key')
    .execute()
  return rows.map((row) => toCustomPolicy(scope, row))
}

export async function saveCustomPolicy(
  db: Db,
  key: { readonly scope: string; readonly tenantId: string; readonly name: string },
  content: PolicyDefinitionContent,
  at: Date,
  by: string,
): Promise<CustomPolicy> {
  const row = await db
    .insertInto('policy_definition')
    .values({
      scope_key: scopeKey(key.scope),
      name: key.name,
      name_key: key.name.toLowerCase(),
      tenant_id: key.tenantId,
      properties: json(content),
      created_at: at,
      created_by: by,
      updated_at: at,
    })
    .onConflict((conflict) =>
      conflict.columns(['scope_key', 'name_key']).doUpdateSet((update) => ({
        name: key.name,
        properties: json(content),
        updated_at: at,
        revision: update('policy_definition.revision', '+', 1n),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return toCustomPolicy(key.scope, row)
}

export async function deleteCustomPolicy(db: Db, scope: string, name: string): Promise<void> {
  await db
    .deleteFrom('policy_definition')
    .where('scope_key', '=', scopeKey(scope))
    .where('name_key', '=', name.toLowerCase())
    .execute()
}

function toCustomPolicy(scope: string, row: Selectable<Database['policy_definition']>): CustomPolicy {
  const content = row.properties as unknown as PolicyDefinitionContent
  return {
    ...content,
    id: `${scope}/providers/Microsoft.Authorization/policyDefinitions/${row.name}`,
    name: row.name,
    isBuiltIn: false,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    revision: row.revision,
  }
}
