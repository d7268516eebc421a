import type { Check } from './check.ts'
import { everything } from './recomputation.ts'

/** The sums and sets that bills are made of, against the raw events. */
export const sumChecks: readonly Check[] = [
  {
    id: 'I-04',
    claim: 'the sums by payer, subscription, meter, link and day are what the raw events add up to',
    examined: 'select count(*) as examined from usage_sum',
    violations: `
      select format('placement %s, subscription %s, meter %s, %s on %s: events say %s, the sum says %s',
        placement_id, subscription_id, meter_id, grouping_key, usage_day, coalesce(t.quantity, 0), coalesce(s.quantity, 0)) as violation
      from (select coalesce(placement_id, -1) as placement_id, subscription_id, meter_id, grouping_key, usage_day, quantity
            from audited_total where cutoff = ${everything}) t
      full join (select coalesce(placement_id, -1) as placement_id, subscription_id, meter_id, grouping_key, usage_day, quantity
                 from usage_sum) s
        using (placement_id, subscription_id, meter_id, grouping_key, usage_day)
      where coalesce(t.quantity, 0) <> coalesce(s.quantity, 0)`,
  },
  {
    id: 'I-10',
    claim:
      'nobody is both charged per authentication and counted as active, and everybody who was active is one of them',
    examined: 'select count(*) as examined from identity_month_user',
    violations: `
      with raw as (
        select tenant_id, month, subject,
          min(first_use) filter (where model = 'perAuthentication') as paid_at,
          min(first_use) filter (where model = 'mau') as counted_at
        from audited_user where cutoff = ${everything} group by 1, 2, 3)
      select format('tenant %s in %s, user %s: events say paid at %s and active at %s, the set says %s and %s',
        coalesce(r.tenant_id, u.identity_tenant_id), coalesce(r.month, u.month), coalesce(r.subject, u.user_id),
        r.paid_at, r.counted_at, u.paid_at, u.counted_at) as violation
      from raw r full join identity_month_user u
        on (u.identity_tenant_id, u.month, u.user_id) = (r.tenant_id, r.month, r.subject)
      where r.paid_at is distinct from u.paid_at or r.counted_at is distinct from u.counted_at
        or encode(substr(sha256(convert_to(u.user_id, 'UTF8')), 1, 16), 'hex')::uuid <> u.user_key`,
  },
  {
    id: 'I-10',
    claim: 'each active user is counted once, on the link of the first use and for the payer of its first report',
    examined: `select count(*) as examined from audited_unit where cutoff = ${everything}`,
    violations: `
      select format('tenant %s in %s, user %s: events say link %s, subscription %s, placement %s, the set says %s, %s, %s',
        coalesce(x.tenant_id, u.identity_tenant_id), coalesce(x.month, u.month), coalesce(x.subject, u.user_id), x.link_id,
        x.subscription_id, x.placement_id, u.counted_link_id, u.counted_subscription_id, u.counted_placement_id) as violation
      from (select * from audited_unit where cutoff = ${everything}) x
      full join (select * from identity_month_user where counted_at is not null and paid_at is null) u
        on (u.identity_tenant_id, u.month, u.user_id) = (x.tenant_id, x.month, x.subject)
      where x.link_id is distinct from u.counted_link_id or x.subscription_id is distinct from u.counted_subscription_id
        or x.placement_id is distinct from u.counted_placement_id`,
  },
  {
    id: 'I-10',
    claim: 'the counts of each month and link are what the raw events come to',
    examined: 'select count(*) as examined from identity_month',
    violations: `
      with raw as (
        select tenant_id, month, link_id, subscription_id, sum(authentications) as authentications, sum(paid) as paid, sum(active) as active
        from (
          select tenant_id, month, link_id, subscription_id, events as authentications, 0 as paid, 0 as active
          from audited_user where cutoff = ${everything} and model = 'perAuthentication'
          union all
          (select distinct on (tenant_id, month, subject) tenant_id, month, link_id, subscription_id, 0, 1, 0
           from audited_user where cutoff = ${everything} and model = 'perAuthentication'
           order by tenant_id, month, subject, first_use)
          union all
          select tenant_id, month, link_id, subscription_id, 0, 0, 1 from audited_unit where cutoff = ${everything}) each
        group by 1, 2, 3, 4)
      select format('tenant %s in %s, link %s, subscription %s: events say %s authentications, %s paid users, %s active, the counts %s, %s, %s',
        coalesce(r.tenant_id, k.identity_tenant_id), coalesce(r.month, k.month), coalesce(r.link_id, k.link_id),
        coalesce(r.subscription_id, k.subscription_id), coalesce(r.authentications, 0), coalesce(r.paid, 0), coalesce(r.active, 0),
        coalesce(k.authentications, 0), coalesce(k.paid_users, 0), coalesce(k.monthly_active_users, 0)) as violation
      from raw r full join identity_month k
        on (k.identity_tenant_id, k.month, k.link_id, k.subscription_id) = (r.tenant_id, r.month, r.link_id, r.subscription_id)
      where coalesce(r.authentications, 0) <> coalesce(k.authentications, 0) or coalesce(r.paid, 0) <> coalesce(k.paid_users, 0)
        or coalesce(r.active, 0) <> coalesce(k.monthly_active_users, 0)`,
  },
]
