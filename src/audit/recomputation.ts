/**
 * What the audit recomputes before it compares, from raw events and histories alone. Views and tables are temporary:
 * they are made before the snapshot is taken, and what they hold goes with the connection.
 */
export const recomputationSchema = `
  create temp view audited_event as
    select e.event_key, e.content_hash, e.id, e.subject, e.usage_at, e.quantity, e.usage_end_at, e.occurred_at, e.tags,
      e.batch_id, b.reported_at, b.reported_at - e.usage_at > interval '90 days' as is_late,
      o.reporter_tenant_id, o.source, o.event_type, o.identity_tenant_id as tenant_id, o.kind, o.user_type, o.outcome,
      o.resource_id, o.resource_uid, o.meter_id as reported_meter_id, o.location,
      r.disposition, r.reason, r.identity_tenant_id as route_tenant_id, r.model, r.link_id, r.subscription_id,
      r.placement_id, r.meter_id, r.grouping_key,
      date_trunc('month', e.usage_at)::date as month, e.usage_at::date as usage_day
    from usage_event e
    join usage_batch b on b.id = e.batch_id
    join usage_origin o on o.id = e.origin_id
    join usage_route r on r.id = e.route_id;

  -- A link that was entered with an earlier date bills nothing backwards: what had been reported by then, of before
  -- then, stays unlinked (MAU-35, DEC-10). Who entered it when is on record.
  create temp view audited_link as
    select l.identity_tenant_id as tenant_id, l.during, l.link_id, l.subscription_id,
      coalesce((
        select min(a.occurred_at) from audit_record a
        where a.after->>'tenantId' = l.identity_tenant_id::text and a.after->>'linkedAt' is not null
          and (a.after->>'linkedAt')::timestamptz = (select min(lower(f.during)) from identity_link f where f.link_id = l.link_id)
      ), lower(l.during)) as entered_at
    from identity_link l;

  -- A price list holds for whole days, a payer's first one also for what is older; a version holds until the next.
  create temp view audited_price_day as
    select a.billing_profile_name, a.price_list_name,
      case when row_number() over own = 1 then '-infinity'::date else lower(a.during)::date end as from_day,
      coalesce(upper(a.during)::date, 'infinity'::date) as to_day
    from price_list_assignment a
    window own as (partition by a.billing_profile_name order by lower(a.during));

  create temp table audited_user (
    cutoff bigint, tenant_id uuid, month date, subject text, model text, link_id uuid, subscription_id uuid,
    placement_id bigint, first_use timestamptz, first_batch bigint, events bigint);
  create temp table audited_unit (
    cutoff bigint, tenant_id uuid, month date, subject text, link_id uuid, subscription_id uuid, placement_id bigint,
    first_use timestamptz);
  create temp table audited_total (
    cutoff bigint, placement_id bigint, subscription_id uuid, meter_id text, grouping_key text, usage_day date,
    quantity numeric);`

/** The last batch there is; what is added up to it is everything. */
export const everything = '(select coalesce(max(id), 0) from usage_batch)'

/** Up to where the events are added up: all of them, and as each profile's latest document had them. */
export const cutoffsToRecompute = `
  select ${everything}::text as cutoff
  union
  select cutoff_batch::text from (
    select distinct on (billing_profile_name) cutoff_batch from invoice
    where document_type <> 'CreditNote' order by billing_profile_name, period desc) latest`

/**
 * What the events in batches up to $1 come to. A user of the model mau is one unit on the link of the first use in the
 * month, unless the user was charged per authentication in that month; its payer is that of the first report of a use
 * of that link.
 */
export const recomputation: readonly string[] = [
  `insert into audited_user
   select $1::bigint, tenant_id, month, subject, model, link_id, subscription_id, placement_id, min(usage_at), min(batch_id), count(*)
   from audited_event
   where event_type = 'authentication' and disposition = 'counted' and batch_id <= $1::bigint
   group by tenant_id, month, subject, model, link_id, subscription_id, placement_id`,
  // Without figures of what is in it, the next step would compare each row with each.
  'analyze audited_user',
  `insert into audited_unit
   select distinct on (f.tenant_id, f.month, f.subject)
     $1::bigint, f.tenant_id, f.month, f.subject, f.link_id, f.subscription_id, p.placement_id, f.first_use
   from (
     select distinct on (u.tenant_id, u.month, u.subject) u.* from audited_user u
     where u.cutoff = $1::bigint and u.model = 'mau' and not exists (
       select from audited_user paid where paid.cutoff = $1::bigint and paid.model = 'perAuthentication'
         and paid.tenant_id = u.tenant_id and paid.month = u.month and paid.subject = u.subject)
     order by u.tenant_id, u.month, u.subject, u.first_use) f
   join audited_user p on p.cutoff = $1::bigint and p.model = 'mau' and p.tenant_id = f.tenant_id and p.month = f.month
     and p.subject = f.subject and p.link_id = f.link_id and p.subscription_id = f.subscription_id
   order by f.tenant_id, f.month, f.subject, p.first_batch`,
  `insert into audited_total
   select $1::bigint, placement_id, subscription_id, meter_id, grouping_key, usage_day, sum(quantity) from (
     select placement_id, subscription_id, reported_meter_id as meter_id, grouping_key, usage_day, quantity
     from audited_event where event_type = 'usage' and disposition = 'counted' and batch_id <= $1::bigint
     union all
     select placement_id, subscription_id, 'second-factor-attempts', link_id::text, usage_day, 1
     from audited_event where event_type = 'secondFactor' and disposition = 'counted' and batch_id <= $1::bigint
     union all
     select placement_id, subscription_id, 'authentications', link_id::text, usage_day, 1
     from audited_event where event_type = 'authentication' and disposition = 'counted' and model = 'perAuthentication'
       and batch_id <= $1::bigint
     union all
     select placement_id, subscription_id, 'monthly-active-users', link_id::text, first_use::date, 1
     from audited_unit where cutoff = $1::bigint) each
   group by 2, 3, 4, 5, 6`,
  'analyze audited_unit, audited_total',
]
