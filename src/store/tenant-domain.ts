import { sql } from 'kysely'
import type { TenantDomain } from '../domain/directory/tenant.ts'
import type { Db } from './db.ts'

export interface DomainClaim extends TenantDomain {
  /** What a text record of the domain has to say; nothing for an initial domain. */
  readonly verificationToken: string | null
}

export async function findDomainOf(db: Db, tenantId: string, name: string): Promise<DomainClaim | undefined> {
  const row = await db
    .selectFrom('tenant_domain')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .executeTakeFirst()
  return (
    row && {
      name: row.name,
      tenantId: row.tenant_id,
      isInitial: row.is_initial,
      isDefault: row.is_default,
      verifiedAt: row.verified_at,
      verificationToken: row.verification_token,
    }
  )
}

export async function isDomainVerified(db: Db, name: string): Promise<boolean> {
  const row = await db
    .selectFrom('tenant_domain')
    .select('name')
    .where('name', '=', name)
    .where('verified_at', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

/** False when the tenant has it already. */
export async function insertDomainClaim(db: Db, claim: DomainClaim): Promise<boolean> {
  const result = await db
    .insertInto('tenant_domain')
    .values({
      name: claim.name,
      tenant_id: claim.tenantId,
      is_initial: claim.isInitial,
      is_default: claim.isDefault,
      verified_at: claim.verifiedAt,
      verification_token: claim.verificationToken,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Violates `tenant_domain_verified` when another tenant was first. Names below it, that nobody has, are proved with it. */
export async function verifyDomainOf(db: Db, tenantId: string, name: string, at: Date): Promise<void> {
  await db
    .updateTable('tenant_domain')
    .set({ verified_at: at })
    .where('tenant_id', '=', tenantId)
    .where('verified_at', 'is', null)
    .where((row) =>
      row.or([
        row('name', '=', name),
        sql<boolean>`name like ${`%.${name}`} and not exists
          (select from tenant_domain other where other.name = tenant_domain.name and other.verified_at is not null)`,
      ]),
    )
    .execute()
}

export async function makeDefaultDomain(db: Db, tenantId: string, name: string): Promise<void> {
  await db.updateTable('tenant_domain').set({ is_default: false }).where('tenant_id', '=', tenantId).execute()
  await db
    .updateTable('tenant_domain')
    .set({ is_default: true })
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .execute()
}

export async function deleteDomainOf(db: Db, tenantId: string, name: string): Promise<void> {
  await db.deleteFrom('tenant_domain').where('tenant_id', '=', tenantId).where('name', '=', name).execute()
}

/** How many users have a name or a sign-in identity in the domain, and the first of them. */
export async function findUsersNamedIn(
  db: Db,
  tenantId: string,
  name: string,
  limit: number,
): Promise<{ readonly count: number; readonly names: readonly string[] }> {
  const result = await sql<{ name: string; count: string }>`
    select u.user_principal_name as name, count(*) over () as count
      from user_account u join principal p on p.id = u.id and p.deleted_at is null
     where u.tenant_id = ${tenantId}
       and (lower(split_part(u.user_principal_name, '@', -1)) = ${name}
         or exists (select from user_identity i where i.user_id = u.id and i.issuer = ${name}))
     order by u.user_principal_name limit ${limit}`.execute(db)
  return { count: Number(result.rows[0]?.count ?? 0), names: result.rows.map((row) => row.name) }
}
