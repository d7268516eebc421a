import { openPolicy, type SubscriptionPolicy } from '../domain/resource/subscription-policy.ts'
import type { Db } from './db.ts'

/** What holds in the tenant now, said or not. */
export async function findSubscriptionPolicy(db: Db, tenantId: string): Promise<SubscriptionPolicy> {
  const row = await db
    .selectFrom('subscription_policy')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (!row) return openPolicy(tenantId)
  const exempt = await db
    .selectFrom('subscription_policy_exemption')
    .select('principal_id')
    .where('tenant_id', '=', tenantId)
    .orderBy('principal_id')
    .execute()
  return {
    tenantId,
    blocksLeaving: row.blocks_leaving,
    blocksEntering: row.blocks_entering,
    exemptPrincipals: exempt.map((one) => one.principal_id),
  }
}

/** Two changes of a tenant's policy take turns. */
export async function lockSubscriptionPolicy(db: Db, tenantId: string): Promise<SubscriptionPolicy> {
  await db.selectFrom('tenant').select('id').where('id', '=', tenantId).forUpdate().execute()
  return findSubscriptionPolicy(db, tenantId)
}

export async function replaceSubscriptionPolicy(
  db: Db,
  policy: SubscriptionPolicy,
  by: string,
  at: Date,
): Promise<void> {
  const said = {
    blocks_leaving: policy.blocksLeaving,
    blocks_entering: policy.blocksEntering,
    updated_at: at,
    updated_by: by,
  }
  await db
    .insertInto('subscription_policy')
    .values({ tenant_id: policy.tenantId, ...said })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(said))
    .execute()
  await db.deleteFrom('subscription_policy_exemption').where('tenant_id', '=', policy.tenantId).execute()
  if (policy.exemptPrincipals.length > 0)
    await db
      .insertInto('subscription_policy_exemption')
      .values(policy.exemptPrincipals.map((id) => ({ tenant_id: policy.tenantId, principal_id: id })))
      .execute()
}
