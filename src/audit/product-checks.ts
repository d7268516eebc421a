import type { Check } from './check.ts'

/**
 * What each section should have been charged for products, counted day by day: a UTC day is charged to whoever had the
 * product last on it. A day's price is the price of a month through the days of that month; the line rounds, nothing else.
 */
const expected = `
  latest as (
    select distinct on (billing_profile_name) billing_profile_name, period,
      10::numeric ^ scale((document::jsonb->'summary'->>'subtotal')::numeric) as unit, currency
    from invoice where document_type <> 'CreditNote' order by billing_profile_name, period desc),
  there as (
    select product_id, min(lower(during)) as since, max(coalesce(upper(during), 'infinity')) as until
    from product_placement group by product_id),
  charged_day as (
    select p.product_id, d.day::date as day, p.billing_profile_name, p.invoice_section_name, lower(p.during) as placed_at
    from there t
    cross join lateral generate_series(date_trunc('day', t.since),
      least(t.until, (select max(i.invoice_date) from invoice i)), interval '1 day') d(day)
    cross join lateral (
      select * from product_placement p
      where p.product_id = t.product_id and lower(p.during) < d.day + interval '1 day'
        and coalesce(upper(p.during), 'infinity') > d.day
      order by lower(p.during) desc limit 1) p),
  owed as (
    select c.product_id, c.billing_profile_name, c.invoice_section_name, to_char(c.day, 'YYYY-MM') as usage_period, c.placed_at,
      count(*) as days, max(extract(day from date_trunc('month', c.day) + interval '1 month' - interval '1 day')) as of
    from charged_day c join latest l using (billing_profile_name)
    where to_char(c.day, 'YYYY-MM') <= l.period
    group by 1, 2, 3, 4, 5),
  expected as (
    select o.billing_profile_name, o.invoice_section_name, o.product_id::text as product, o.usage_period, f.name as offer,
      sum(round(o.days / o.of, 12)) as quantity,
      sum(round((f.monthly_prices->>l.currency)::numeric * o.days * l.unit / o.of)) as amount_minor, count(*) as lines
    from owed o join latest l using (billing_profile_name)
    join product p on p.id = o.product_id join product_offer f on f.name = p.offer_name
    group by 1, 2, 3, 4, 5),
  billed as (
    select i.billing_profile_name, l.invoice_section_name, l.grouping_key as product, l.usage_period, l.meter_id as offer,
      sum(l.quantity) as quantity, sum(l.amount_minor) as amount_minor, count(*) as lines
    from invoice_line l join invoice i on i.id = l.invoice_id
    where l.line_kind = 'product' and i.document_type <> 'CreditNote' group by 1, 2, 3, 4, 5)`

/** Products: each is somewhere as long as it is there, and each of its days is charged once. */
export const productChecks: readonly Check[] = [
  {
    id: 'I-05',
    claim: 'each day of a product is charged once, at the price of its offer, to the section that had it last that day',
    examined: `select count(*) as examined from invoice_line where line_kind = 'product'`,
    violations: `
      with ${expected}
      select format('profile %s, section %s, product %s (%s) in %s: %s for %s months on %s lines is owed, %s for %s on %s was billed',
        billing_profile_name, invoice_section_name, product, offer, usage_period, coalesce(e.amount_minor, 0),
        coalesce(e.quantity, 0), coalesce(e.lines, 0), coalesce(b.amount_minor, 0), coalesce(b.quantity, 0),
        coalesce(b.lines, 0)) as violation
      from expected e
      full join billed b using (billing_profile_name, invoice_section_name, product, usage_period, offer)
      where e.amount_minor is distinct from b.amount_minor or e.quantity is distinct from b.quantity or e.lines is distinct from b.lines`,
  },
  {
    id: 'I-07',
    claim: 'from its purchase until its end a product is paid for by exactly one section at each instant',
    examined: 'select count(*) as examined from product',
    violations: `
      select format('product %s has no payer between %s and %s', product_id, upper(previous), lower(during)) as violation
      from (select product_id, during, lag(during) over (partition by product_id order by lower(during)) as previous
            from product_placement) p
      where previous is not null and upper(previous) is distinct from lower(during)
      union all
      select format('product %s was bought at %s and is paid for from %s on', p.id, p.purchased_at,
        coalesce((select min(lower(l.during)) from product_placement l where l.product_id = p.id)::text, 'never'))
      from product p
      where p.purchased_at is distinct from (select min(lower(l.during)) from product_placement l where l.product_id = p.id)
      union all
      select format('product %s is %s, and its last payer pays until %s', p.id, case when p.auto_renew then 'renewed' else 'not renewed' end,
        coalesce(upper(l.during)::text, 'for ever'))
      from product p join lateral (
        select during from product_placement where product_id = p.id order by lower(during) desc limit 1) l on true
      where p.auto_renew <> upper_inf(l.during)`,
  },
]
