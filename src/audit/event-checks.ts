import type { Check } from './check.ts'

/** Length as the product measures texts: UTF-16 units. */
const measured = (text: string): string =>
  `(char_length(${text}) + regexp_count(${text}, '[\\U00010000-\\U0010FFFF]'))::text || ':' || ${text}`
const millis = (instant: string): string => `(extract(epoch from ${instant}) * 1000)::bigint::text`
const sha256 = (text: string): string => `sha256(convert_to(${text}, 'UTF8'))`

const identityText = `reporter_tenant_id::text || (char_length(source) + regexp_count(source, '[\\U00010000-\\U0010FFFF]'))::text || ':' || source || id`
const tagText = `coalesce((select string_agg(${measured('key')} || ${measured('value')}, '' order by key collate "C")
  from jsonb_each_text(tags)), '')`
const contentText = `
  case event_type when 'usage' then
    E'usage\\n' || ${millis('usage_at')} || E'\\n' || ${millis('usage_end_at')} || E'\\n' || ${millis('occurred_at')} || E'\\n' ||
    trim_scale(quantity)::text || E'\\n' || ${measured('reported_meter_id')} || ${measured("coalesce(location, '')")} ||
    ${measured('tag_text')} || resource_id
  else
    event_type || E'\\n' || ${millis('usage_at')} || E'\\n' || tenant_id::text || E'\\n' || kind || E'\\n' ||
    coalesce(user_type, '') || E'\\n' || coalesce(outcome, '') || E'\\n' || subject
  end`

/**
 * Where each sign-in belongs by the facts as the histories have them. What a workforce tenant counts has no history:
 * there the stored reason is taken as it is.
 */
const expectedSignIn = `
  select e.event_key, e.disposition, e.reason, e.model, e.link_id, e.subscription_id, e.placement_id, e.route_tenant_id,
    e.grouping_key, e.meter_id, e.tenant_id, e.event_type, t.kind as tenant_kind,
    l.link_id as x_link, l.subscription_id as x_subscription, m.model as x_model, p.id as x_placement,
    case e.event_type when 'secondFactor' then 'second-factor-attempts'
      else case m.model when 'mau' then 'monthly-active-users' else 'authentications' end end as x_meter,
    case
      when e.is_late then 'tooLate'
      when e.user_type = 'ServicePrincipal' or e.kind = 'servicePrincipalSignIn' then 'servicePrincipal'
      when e.kind = 'accountCreation' then 'notTokenIssuing'
      when e.event_type = 'authentication' and e.outcome = 'failure' then 'failedAttempt'
      when t.kind = 'workforce' and e.reason in ('externalIdentityPricingOff', 'memberInWorkforceTenant') then e.reason
      when l.link_id is null then 'unlinked'
      when c.subscription_id is not null then 'subscriptionCancelled'
    end as x_reason,
    e.reason = 'unlinked' and e.usage_at < l.entered_at and e.reported_at <= l.entered_at as is_before_import
  from audited_event e
  left join tenant t on t.id = e.tenant_id
  left join audited_link l on l.tenant_id = e.tenant_id and l.during @> e.usage_at
  left join metering_model m on m.link_id = l.link_id and m.during @> e.usage_at
  left join subscription_cancellation c on c.subscription_id = l.subscription_id and c.during @> e.usage_at
  left join billing_placement p on p.subscription_id = l.subscription_id and p.during @> e.reported_at
  where e.event_type <> 'usage'`

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
    id: 'I-02',
    claim: 'each event still is what was reported: its identity and its content have the fingerprints they came with',
    examined: 'select count(*) as examined from usage_event',
    violations: `
      select format('event %s (id %s) is not what was reported: its %s changed', event_key, id,
        case when event_key <> x_key then 'identity' else 'content' end) as violation
      from (
        select event_key, content_hash, id, encode(substr(${sha256(identityText)}, 1, 16), 'hex')::uuid as x_key,
          ('x' || encode(substr(${sha256(contentText)}, 1, 8), 'hex'))::bit(64)::bigint as x_content
        from (select *, ${tagText} as tag_text from audited_event) e) f
      where event_key <> x_key or content_hash is distinct from x_content`,
  },
  {
    id: 'I-02',
    claim: 'each refused repetition names an event that is kept with its first content',
    examined: 'select count(*) as examined from usage_conflict',
    violations: `
      select format('conflict %s of event %s: %s', c.id, c.event_key,
        case when e.event_key is null then 'the event is not stored'
          when c.rejected_hash = c.kept_hash then 'both contents are the same' else 'another content is kept' end) as violation
      from usage_conflict c left join usage_event e on e.event_key = c.event_key
      where e.content_hash is distinct from c.kept_hash or c.rejected_hash = c.kept_hash`,
  },
  {
    id: 'I-03',
    claim: 'each batch holds as many events as it committed, and each event has its origin, route and batch',
    examined: 'select count(*) as examined from usage_batch',
    violations: `
      select format('batch %s committed %s events and holds %s', b.id, b.event_count, coalesce(e.held, 0)) as violation
      from usage_batch b left join (select batch_id, count(*) as held from usage_event group by batch_id) e on e.batch_id = b.id
      where b.event_count <> coalesce(e.held, 0)
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
      'each sign-in is counted or set aside as the histories say: by the link and model of its time and the payer of its report',
    examined: `select count(*) as examined from audited_event where event_type <> 'usage'`,
    violations: `
      select format('event %s: stored %s, link %s, model %s, subscription %s, placement %s; histories say %s, link %s, model %s, subscription %s, placement %s',
        event_key, coalesce(reason, 'counted'), link_id, model, subscription_id, placement_id,
        coalesce(x_reason, 'counted'), x_link, x_model, x_subscription, x_placement) as violation
      from (${expectedSignIn}) e
      where not coalesce(is_before_import, false) and (
        reason is distinct from x_reason
        or disposition <> case when x_reason is null then 'counted' when x_reason = 'tooLate' then 'quarantined' else 'excluded' end
        or route_tenant_id is distinct from tenant_id
        or (x_reason is null and (
          link_id is distinct from x_link or subscription_id is distinct from x_subscription or model is distinct from x_model
          or placement_id is distinct from x_placement or grouping_key is distinct from x_link::text or meter_id <> x_meter)))`,
  },
  {
    id: 'I-07',
    claim:
      'each use of a resource went to the subscription that held the resource, and to who paid when it was reported',
    examined: `select count(*) as examined from audited_event where event_type = 'usage'`,
    violations: `
      select format('event %s: stored %s, subscription %s, placement %s; histories say %s, subscription %s, placement %s',
        event_key, coalesce(reason, 'counted'), subscription_id, placement_id, coalesce(x_reason, 'counted'),
        x_subscription, x_placement) as violation
      from (
        select e.*, h.subscription_id as x_subscription, p.id as x_placement,
          case when e.is_late then 'tooLate' when c.subscription_id is not null then 'subscriptionCancelled' end as x_reason
        from audited_event e
        left join lateral (
          select q.subscription_id from (
            select subscription_id, during from resource_placement where resource_uid = e.resource_uid
            union all
            select id, tstzrange(null, null) from subscription where id = e.resource_uid) q
          order by q.during @> e.usage_at desc, lower(q.during) <= e.usage_at desc,
            case when lower(q.during) <= e.usage_at then lower(q.during) end desc, lower(q.during)
          limit 1) h on true
        left join billing_placement p on p.subscription_id = h.subscription_id and p.during @> e.reported_at
        left join subscription_cancellation c on c.subscription_id = h.subscription_id and c.during @> e.usage_at
        where e.event_type = 'usage') u
      where reason is distinct from x_reason or subscription_id is distinct from x_subscription
        or grouping_key is distinct from resource_uid::text or meter_id <> reported_meter_id
        or (x_reason is null and placement_id is distinct from x_placement)`,
  },
  {
    id: 'I-03',
    claim: 'what is on no bill is counted by its reason, and nothing else is',
    examined: 'select count(*) as examined from usage_set_aside',
    violations: `
      with raw as (
        select disposition, reason, tenant_id, subscription_id, meter_id, usage_day as day, count(*) as events,
          sum(case when event_type = 'usage' then quantity else 1 end) as quantity
        from audited_event where disposition <> 'counted' group by 1, 2, 3, 4, 5, 6),
      kept as (
        select kind as disposition, reason, identity_tenant_id as tenant_id, subscription_id, meter_id, usage_day as day,
          event_count as events, quantity
        from usage_set_aside where event_count <> 0 or quantity <> 0)
      select format('%s %s on %s, tenant %s, subscription %s, meter %s: %s events of %s, recorded %s of %s', coalesce(r.disposition, k.disposition),
        coalesce(r.reason, k.reason), coalesce(r.day, k.day), coalesce(r.tenant_id, k.tenant_id),
        coalesce(r.subscription_id, k.subscription_id), coalesce(r.meter_id, k.meter_id),
        coalesce(r.events, 0), coalesce(r.quantity, 0), coalesce(k.events, 0), coalesce(k.quantity, 0)) as violation
      from raw r full join kept k
        on (r.disposition, r.reason, r.meter_id, r.day) = (k.disposition, k.reason, k.meter_id, k.day)
        and coalesce(r.tenant_id, '00000000-0000-0000-0000-000000000000') = coalesce(k.tenant_id, '00000000-0000-0000-0000-000000000000')
        and coalesce(r.subscription_id, '00000000-0000-0000-0000-000000000000') = coalesce(k.subscription_id, '00000000-0000-0000-0000-000000000000')
      where r.events is distinct from k.events or r.quantity is distinct from k.quantity`,
  },
  {
    id: 'I-03',
    claim: 'exactly what a person has to look at is in quarantine',
    examined: 'select count(*) as examined from usage_quarantine',
    violations: `
      select format('event %s is %s', coalesce(q.event_key, e.event_key),
        case when q.event_key is null then 'quarantined and not in the list' else 'in the list and not quarantined' end) as violation
      from usage_quarantine q
      full join (select event_key, batch_id from audited_event where disposition = 'quarantined') e
        on e.event_key = q.event_key and e.batch_id = q.batch_id
      where q.event_key is null or e.event_key is null`,
  },
]
