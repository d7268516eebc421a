import { sql } from 'kysely'
import type { TenantContents } from '../domain/directory/tenant-deletion.ts'
import type { Db } from './db.ts'

/** What a tenant has, but for the administrator who asks (TEN-23). The names of each are the first by name. */
export async function loadTenantContents(
  db: Db,
  tenantId: string,
  administratorId: string,
  at: Date,
): Promise<Omit<TenantContents, 'isOperators'>> {
  const accounts = sql`select name from billing_account where tenant_id = ${tenantId}`
  const result = await sql<{
    unpaid_invoices: string[]
    unbilled_periods: string[]
    paid_subscriptions: string[]
    other_users: string[]
    applications: string[]
    subscriptions: { id: string; state: string }[]
    link_subscription: string | null
    is_partner: boolean
  }>`
    select
      array(select i.number from invoice i join invoice_balance b on b.invoice_id = i.id
         where i.billing_account_name in (${accounts}) and i.number is not null
           and b.total_minor + b.credited_minor - b.paid_minor > 0 order by 1) as unpaid_invoices,
      array(select distinct used.period from (
          select to_char(u.usage_day, 'YYYY-MM') as period, l.billing_profile_name as profile
            from usage_sum u join billing_placement l on l.id = u.placement_id
          union
          select to_char(m.month, 'YYYY-MM'), l.billing_profile_name
            from identity_month m join billing_placement l on l.subscription_id = m.subscription_id
             and l.during && tstzrange(m.month::timestamptz, (m.month + interval '1 month')::timestamptz)
           where m.monthly_active_users > 0) as used
          join billing_profile p on p.name = used.profile and p.billing_account_name in (${accounts})
         where not exists (select from invoice_run r where r.period = used.period and r.finished_at is not null
             and not exists (select from invoice_run_parked k
               where k.run_id = r.id and k.billing_profile_name = p.name))
         order by 1) as unbilled_periods,
      array(select s.id::text from billing_placement l
          join billing_profile p on p.name = l.billing_profile_name and p.billing_account_name in (${accounts})
          join subscription s on s.id = l.subscription_id and s.state <> 'Deleted'
          join subscription_directory d on d.subscription_id = s.id and d.during @> ${at}::timestamptz
         where l.during @> ${at}::timestamptz and d.tenant_id <> ${tenantId} order by 1) as paid_subscriptions,
      array(select u.user_principal_name from user_account u join principal p on p.id = u.id and p.deleted_at is null
         where u.tenant_id = ${tenantId} and u.id <> ${administratorId} order by 1) as other_users,
      array(select a.display_name from application a where a.tenant_id = ${tenantId} and a.deleted_at is null
          and not exists (select from service_principal own where own.id = ${administratorId} and own.app_id = a.app_id)
        union
        select p.display_name from principal p where p.tenant_id = ${tenantId} and p.kind = 'servicePrincipal'
          and p.deleted_at is null and p.id <> ${administratorId} order by 1) as applications,
      coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'state', s.state) order by s.id)
          from subscription_directory d join subscription s on s.id = d.subscription_id and s.state <> 'Deleted'
         where d.tenant_id = ${tenantId} and d.during @> ${at}::timestamptz), '[]') as subscriptions,
      (select k.subscription_id from identity_link k
         where k.identity_tenant_id = ${tenantId} and k.during @> ${at}::timestamptz) as link_subscription,
      exists (select from partner where tenant_id = ${tenantId}) as is_partner`.execute(db)
  const [row] = result.rows
  if (!row) throw new Error('one row was expected')
  const idsOf = (isCancelled: boolean) =>
    row.subscriptions.filter(({ state }) => (state === 'Disabled') === isCancelled).map(({ id }) => id)
  return {
    unpaidInvoices: row.unpaid_invoices,
    unbilledPeriods: row.unbilled_periods,
    paidSubscriptions: row.paid_subscriptions,
    otherUsers: row.other_users,
    applications: row.applications,
    activeSubscriptions: idsOf(false),
    cancelledSubscriptions: idsOf(true),
    identityLinkSubscription: row.link_subscription ?? undefined,
    isPartner: row.is_partner,
  }
}

/**
 * The tenant ends with everybody in it. Its initial domain stays taken, for links and invoices name it; its other
 * domains are free. Answers who was ended now.
 */
export async function endTenant(db: Db, tenantId: string, at: Date): Promise<string[]> {
  await db
    .updateTable('tenant')
    .set((row) => ({ deleted_at: at, revision: row('revision', '+', 1n) }))
    .where('id', '=', tenantId)
    .execute()
  await db.deleteFrom('tenant_domain').where('tenant_id', '=', tenantId).where('is_initial', '=', false).execute()
  // Without this a tenant whose default was another domain would be left without one.
  await db.updateTable('tenant_domain').set({ is_default: true }).where('tenant_id', '=', tenantId).execute()
  await db.deleteFrom('outside_provider').where('tenant_id', '=', tenantId).execute()
  await db.deleteFrom('user_identity').where('tenant_id', '=', tenantId).execute()
  const principals = await db
    .updateTable('principal')
    .set((row) => ({ deleted_at: at, revision: row('revision', '+', 1n) }))
    .where('tenant_id', '=', tenantId)
    .where('deleted_at', 'is', null)
    .returning('id')
    .execute()
  const applications = await db
    .updateTable('application')
    .set((row) => ({ deleted_at: at, revision: row('revision', '+', 1n) }))
    .where('tenant_id', '=', tenantId)
    .where('deleted_at', 'is', null)
    .returning('id')
    .execute()
  return [...principals, ...applications].map((row) => row.id)
}
