import type { Check } from './check.ts'

/** Events themselves: each once, each whole, each where the histories say. */
export const eventChecks: readonly Check[] = [
  {
    id: 'I-02',
    claim: 'each (reporting tenant, source, id) is stored once',
    examined: 'select count(*) as examined from usage_event',
    violations: `
      select format('%s times: tenant %s, source %s, id %s', count(*), o.reporter_tenant_id, o.source, e.id) as violation
      from usage_event e join usage_origin o on o.id = e.origin_id
      group by o.reporter_tenant_id, o.source, e.id having count(*) > 1`,
  },
  {
    id: 'I-03',
    claim: 'each batch holds as many events as it committed, and each event has its origin, route and batch',
    examined: 'select count(*) as examined from usage_batch',
    violations: `
      select format('batch %s committed %s events and holds %s', b.id, b.event_count, count(e.event_key)) as violation
      from usage_batch b left join usage_event e on e.batch_id = b.id
      group by b.id, b.event_count having count(e.event_key) <> b.event_count
      union all
      select format('event %s has no %s', e.event_key,
        case when o.id is null then 'origin' when r.id is null then 'route' else 'batch' end)
      from usage_event e
      left join usage_origin o on o.id = e.origin_id
      left join usage_route r on r.id = e.route_id
      left join usage_batch b on b.id = e.batch_id
      where o.id is null or r.id is null or b.id is null`,
  },
  {
    id: 'I-16',
    claim: 'batches are reported in the order of their ids',
    examined: 'select count(*) as examined from usage_batch',
    violations: `
      select format('batch %s is reported before batch %s', id, earlier) as violation
      from (select id, reported_at, lag(id) over (order by id) as earlier, lag(reported_at) over (order by id) as reported_before
            from usage_batch) b
      where reported_at < reported_before`,
  },
  {
    id: 'I-07',
    claim:
      'each counted sign-in went to the link and model that held when it happened, and to who paid when it was reported',
    examined: `
      select count(*) as examined from usage_event e join usage_route r on r.id = e.route_id
      join usage_origin o on o.id = e.origin_id
      where r.disposition = 'counted' and o.event_type <> 'usage'`,
    violations: `
      select format('event %s: stored link %s, model %s, subscription %s, placement %s; histories say link %s, model %s, subscription %s, placement %s',
        e.event_key, r.link_id, r.model, r.subscription_id, r.placement_id, l.link_id, m.model, l.subscription_id, p.id) as violation
      from usage_event e
      join usage_route r on r.id = e.route_id
      join usage_origin o on o.id = e.origin_id
      join usage_batch b on b.id = e.batch_id
      left join identity_link l on l.identity_tenant_id = o.identity_tenant_id and l.during @> e.usage_at
      left join metering_model m on m.link_id = l.link_id and m.during @> e.usage_at
      left join billing_placement p on p.subscription_id = l.subscription_id and p.during @> b.reported_at
      where r.disposition = 'counted' and o.event_type <> 'usage'
        and (r.link_id is distinct from l.link_id or r.subscription_id is distinct from l.subscription_id
          or r.placement_id is distinct from p.id
          or (o.event_type = 'authentication' and r.model is distinct from m.model))`,
  },
  {
    id: 'I-07',
    claim:
      'each counted use of a resource went to the subscription that held the resource, and to who paid when it was reported',
    examined: `
      select count(*) as examined from usage_event e join usage_route r on r.id = e.route_id
      join usage_origin o on o.id = e.origin_id where r.disposition = 'counted' and o.event_type = 'usage'`,
    violations: `
      select format('event %s: stored subscription %s, placement %s; histories say subscription %s, placement %s',
        e.event_key, r.subscription_id, r.placement_id, q.subscription_id, p.id) as violation
      from usage_event e
      join usage_route r on r.id = e.route_id
      join usage_origin o on o.id = e.origin_id
      join usage_batch b on b.id = e.batch_id
      left join resource_placement q on q.resource_uid = o.resource_uid and q.during @> e.usage_at
      left join billing_placement p on p.subscription_id = q.subscription_id and p.during @> b.reported_at
      where r.disposition = 'counted' and o.event_type = 'usage'
        and (r.subscription_id is distinct from q.subscription_id or r.placement_id is distinct from p.id)`,
  },
  {
    id: 'I-03',
    claim: 'what is on no bill is counted by its reason, and nothing else is',
    examined: 'select count(*) as examined from usage_set_aside',
    violations: `
      with raw as (
        select r.disposition, r.reason, e.usage_at::date as day, count(*) as events
        from usage_event e join usage_route r on r.id = e.route_id
        where r.disposition <> 'counted' group by 1, 2, 3),
      kept as (
        select kind as disposition, reason, usage_day as day, sum(event_count) as events
        from usage_set_aside where reason not in ('paidPerAuthenticationThisMonth', 'alreadyCountedThisMonth')
        group by 1, 2, 3)
      select format('%s %s on %s: %s events, %s recorded', disposition, reason, day, coalesce(raw.events, 0), coalesce(kept.events, 0)) as violation
      from raw full join kept using (disposition, reason, day)
      where coalesce(raw.events, 0) <> coalesce(kept.events, 0)`,
  },
]
