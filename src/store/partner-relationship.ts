import { sql } from 'kysely'
import { type Db, period } from './db.ts'

/** A partner's standing with a customer from a moment on; nothing when it stands already. */
interface Standing {
  readonly partnerId: string
  readonly tenantId: string
  readonly at: Date
  readonly by: string
}

type Kind = 'partner_relationship' | 'delegated_privilege'

async function isOpen(db: Db, kind: Kind, { partnerId, tenantId }: Pick<Standing, 'partnerId' | 'tenantId'>) {
  const row = await db
    .selectFrom(kind)
    .select('partner_id')
    .where('partner_id', '=', partnerId)
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`upper_inf(during)`)
    .executeTakeFirst()
  return row !== undefined
}

/** False when there is one already (PAR-4: one with each partner). */
export async function startRelationship(db: Db, standing: Standing): Promise<boolean> {
  if (await isOpen(db, 'partner_relationship', standing)) return false
  await db
    .insertInto('partner_relationship')
    .values({
      partner_id: standing.partnerId,
      tenant_id: standing.tenantId,
      during: period(standing.at),
      started_by: standing.by,
    })
    .execute()
  return true
}

/** PAR-7; false when they are granted already. */
export async function grantDelegatedPrivileges(db: Db, standing: Standing): Promise<boolean> {
  if (await isOpen(db, 'delegated_privilege', standing)) return false
  await db
    .insertInto('delegated_privilege')
    .values({
      partner_id: standing.partnerId,
      tenant_id: standing.tenantId,
      during: period(standing.at),
      granted_by: standing.by,
    })
    .execute()
  return true
}

export const endRelationship = (db: Db, standing: Standing): Promise<boolean> =>
  end(db, 'partner_relationship', standing)
export const endDelegatedPrivileges = (db: Db, standing: Standing): Promise<boolean> =>
  end(db, 'delegated_privilege', standing)

/** What began at this very instant never held and is taken back. False when there was nothing to end. */
async function end(db: Db, kind: Kind, { partnerId, tenantId, at, by }: Standing): Promise<boolean> {
  const instant = sql`${at.toISOString()}::timestamptz`
  const withdrawn = await db
    .deleteFrom(kind)
    .where('partner_id', '=', partnerId)
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`upper_inf(during) and lower(during) >= ${instant}`)
    .executeTakeFirst()
  const ended = await db
    .updateTable(kind)
    .set({ during: sql<string>`tstzrange(lower(during), ${instant}, '[)')`, ended_by: by })
    .where('partner_id', '=', partnerId)
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`upper_inf(during)`)
    .executeTakeFirst()
  return withdrawn.numDeletedRows + ended.numUpdatedRows > 0n
}
