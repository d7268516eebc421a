import type { Check } from './check.ts'

/**
 * What every event adds to a bill, from the raw events alone, for those in batches up to `uptoBatch`. A user of the
 * model mau is one unit on the link of the first use in the month, unless the user was charged per authentication in
 * that month; its payer is that of the first report of a use of that link.
 */
export const recomputed = (uptoBatch: string): string => `
  counted as (
    select o.event_type, o.identity_tenant_id, e.subject, e.usage_at, e.batch_id, e.event_key, e.quantity,
      r.model, r.link_id, r.subscription_id, r.placement_id, r.meter_id, r.grouping_key,
      date_trunc('month', e.usage_at)::date as month, e.usage_at::date as usage_day
    from usage_event e join usage_route r on r.id = e.route_id join usage_origin o on o.id = e.origin_id
    where r.disposition = 'counted' and e.batch_id <= ${uptoBatch}),
  paid as (
    select distinct identity_tenant_id, month, subject from counted
    where event_type = 'authentication' and model = 'perAuthentication'),
  active as (
    select distinct on (identity_tenant_id, month, subject)
      identity_tenant_id, month, subject, usage_day, usage_at, link_id, subscription_id
    from counted c
    where event_type = 'authentication' and model = 'mau'
      and not exists (select from paid p where p.identity_tenant_id = c.identity_tenant_id and p.month = c.month and p.subject = c.subject)
    order by identity_tenant_id, month, subject, usage_at, event_key),
  unit as (
    select a.*, (
      select c.placement_id from counted c
      where c.event_type = 'authentication' and c.model = 'mau' and c.identity_tenant_id = a.identity_tenant_id
        and c.month = a.month and c.subject = a.subject and c.link_id = a.link_id and c.subscription_id = a.subscription_id
      order by c.batch_id, c.usage_at, c.event_key limit 1) as placement_id
    from active a),
  total as (
    select placement_id, subscription_id, meter_id, grouping_key, usage_day, sum(quantity) as quantity from (
      select placement_id, subscription_id, meter_id, grouping_key, usage_day,
        case when event_type = 'usage' then quantity else 1 end as quantity
      from counted where event_type <> 'authentication' or model = 'perAuthentication'
      union all
      select placement_id, subscription_id, 'monthly-active-users', link_id::text, usage_day, 1 from unit) each
    group by 1, 2, 3, 4, 5)`

/** The sums that bills are made of, against the raw events. */
export const sumChecks: readonly Check[] = [
  {
    id: 'I-04',
    claim: 'the sums by payer, subscription, meter, link and day are what the raw events add up to',
    examined: 'select count(*) as examined from usage_sum',
    violations: `
      with ${recomputed('9223372036854775807')}
      select format('placement %s, subscription %s, meter %s, %s on %s: events say %s, the sum says %s',
        placement_id, subscription_id, meter_id, grouping_key, usage_day, coalesce(t.quantity, 0), coalesce(s.quantity, 0)) as violation
      from (select coalesce(placement_id, -1) as placement_id, subscription_id, meter_id, grouping_key, usage_day, quantity from total) t
      full join (select coalesce(placement_id, -1) as placement_id, subscription_id, meter_id, grouping_key, usage_day, quantity
                 from usage_sum where quantity <> 0) s
        using (placement_id, subscription_id, meter_id, grouping_key, usage_day)
      where coalesce(t.quantity, 0) <> coalesce(s.quantity, 0)`,
  },
  {
    id: 'I-10',
    claim: 'nobody is both charged per authentication and counted as active in one month, and the counts are exact',
    examined: 'select count(*) as examined from identity_month_user',
    violations: `
      with ${recomputed('9223372036854775807')},
      raw as (
        select identity_tenant_id, month, count(*) as units from active group by 1, 2),
      kept as (
        select identity_tenant_id, month, sum(monthly_active_users) as units from identity_month group by 1, 2),
      counted_users as (
        select identity_tenant_id, month, count(*) as units from identity_month_user
        where counted_at is not null and paid_at is null group by 1, 2)
      select format('tenant %s in %s: events say %s active users, the users %s, the counts %s', identity_tenant_id, month,
        coalesce(raw.units, 0), coalesce(counted_users.units, 0), coalesce(kept.units, 0)) as violation
      from raw full join kept using (identity_tenant_id, month) full join counted_users using (identity_tenant_id, month)
      where coalesce(raw.units, 0) <> coalesce(kept.units, 0) or coalesce(raw.units, 0) <> coalesce(counted_users.units, 0)`,
  },
]
