import type { Check } from './check.ts'

const documentName = 'coalesce(i.number, i.id::text)'
const summary = `(i.document::jsonb->'summary')`
/** The amounts of a document have all decimals of its currency, which says how large a minor unit is. */
const minorUnit = `(10::numeric ^ scale((${summary}->>'subtotal')::numeric))`

/** A document has one line a key; what has been billed of a month is what all lines of a key say together. */
const billedKey = `i.billing_profile_name, coalesce(l.invoice_section_name, '') as section, coalesce(l.customer_name, '') as customer,
  l.subscription_id, l.meter_id, l.grouping_key, l.usage_period`

const latestDocument = `
  latest as (
    select distinct on (billing_profile_name) billing_profile_name, period, cutoff_batch from invoice
    where document_type <> 'CreditNote' order by billing_profile_name, period desc)`

/** What the documents of each profile should have billed, with the price version of each usage day. */
const usedByPrice = `
  ${latestDocument},
  used as (
    select p.billing_profile_name, coalesce(p.invoice_section_name, '') as section, coalesce(p.customer_name, '') as customer,
      t.subscription_id, t.meter_id, t.grouping_key, to_char(t.usage_day, 'YYYY-MM') as usage_period,
      coalesce(v.price_list_name, '') as price_list_name, coalesce(v.version, 0) as price_version, sum(t.quantity) as quantity
    from audited_total t
    join billing_placement p on p.id = t.placement_id
    join latest d on d.billing_profile_name = p.billing_profile_name and t.cutoff = d.cutoff_batch
      and to_char(t.usage_day, 'YYYY-MM') <= d.period
    left join lateral (
      select v.price_list_name, v.version from audited_price_day a
      join price_list_version v on v.price_list_name = a.price_list_name
        and lower(v.during)::date <= t.usage_day
      where a.billing_profile_name = p.billing_profile_name and a.from_day <= t.usage_day and t.usage_day < a.to_day
        and exists (select from jsonb_array_elements(v.prices) e where e->>'meterId' = t.meter_id)
        and not exists (select from price_list_version w where w.price_list_name = v.price_list_name
          and lower(w.during) > lower(v.during) and lower(w.during)::date <= t.usage_day)
      limit 1) v on true
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9)`

const billedByPrice = `
  billed as (
    select ${billedKey}, l.price_list_name, l.price_version, sum(l.quantity) as quantity, sum(l.amount_minor) as amount_minor,
      max(${minorUnit}) as minor_unit, max(i.currency) as currency
    from invoice_line l join invoice i on i.id = l.invoice_id
    where l.charge_type in ('Usage', 'Adjustment') and l.line_kind not in ('minimum', 'fixedFee')
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9)`

/** What had no price when the latest run looked at its month; it is on no bill, and said so by name. */
const unpriced = `
  looked as (
    select distinct on (u.billing_profile_name, u.usage_period) u.billing_profile_name, u.usage_period, i.run_id
    from invoiced_usage u join invoice i on i.id = u.invoice_id
    order by u.billing_profile_name, u.usage_period, i.period desc),
  unpriced as (
    select n.billing_profile_name, n.subscription_id, n.meter_id, n.grouping_key, n.usage_period, sum(n.quantity) as quantity
    from looked k join invoice_run_unpriced n using (run_id, billing_profile_name, usage_period)
    group by 1, 2, 3, 4, 5)`

/** Issued documents: their sums, their bytes, their numbers, and that they bill exactly what was used. */
export const invoiceChecks: readonly Check[] = [
  {
    id: 'I-05',
    claim: 'the lines of each document add up to its subtotal, and subtotal and tax to its total',
    examined: 'select count(*) as examined from invoice',
    violations: `
      select format('document %s: lines %s, subtotal %s, tax %s, total %s', ${documentName},
        coalesce(sum(l.amount_minor), 0), i.subtotal_minor, i.tax_minor, i.total_minor) as violation
      from invoice i left join invoice_line l on l.invoice_id = i.id
      group by i.id having coalesce(sum(l.amount_minor), 0) <> i.subtotal_minor or i.subtotal_minor + i.tax_minor <> i.total_minor`,
  },
  {
    id: 'I-05',
    claim: 'each document says what the books say, and its tax is its rate of its taxable amount, rounded once',
    examined: 'select count(*) as examined from invoice',
    violations: `
      with said as (
        select ${documentName} as name, i.number, i.subtotal_minor, i.tax_minor, i.total_minor, i.period, i.currency,
          i.billing_profile_name, i.document_type, i.document::jsonb as d, ${minorUnit} as unit,
          (select count(*) from invoice_line l where l.invoice_id = i.id) as line_count
        from invoice i),
      lines as (
        select name, count(*) as line_count, coalesce(sum((line->>'charge')::numeric + (line->>'credit')::numeric), 0) as amount
        from said, jsonb_path_query(d, '$.sections[*].products[*].serviceFamilies[*].lines[*]') line group by name),
      taxes as (
        select name, sum((g->>'taxable')::numeric) as taxable, sum((g->>'tax')::numeric) as tax,
          sum(round((g->>'taxable')::numeric * unit * (g->>'rate')::numeric / 100)) as expected_minor
        from said, jsonb_array_elements(d->'taxGroups') g group by name)
      select format('document %s of %s: its %s', name, period, wrong) as violation
      from (
        select name, period, concat_ws(', its ',
          case when (d->'summary'->>'subtotal')::numeric * unit <> subtotal_minor then 'subtotal is not that of the books' end,
          case when (d->'summary'->>'tax')::numeric * unit <> tax_minor then 'tax is not that of the books' end,
          case when (d->'summary'->>'total')::numeric * unit <> total_minor then 'total is not that of the books' end,
          case when (d->'issue'->>'number') is distinct from number then 'number is not that of the books' end,
          case when d->>'currency' <> currency then 'currency is not that of the books' end,
          case when d->'period'->>'name' <> period then 'period is not that of the books' end,
          case when d->'billingProfile'->>'name' <> billing_profile_name then 'payer is not that of the books' end,
          case when coalesce(lines.line_count, 0) <> said.line_count then 'lines are not as many as in the books' end,
          case when coalesce(lines.amount, 0) * unit <> subtotal_minor then 'lines do not add up to its subtotal' end,
          case when coalesce(taxes.taxable, 0) * unit <> subtotal_minor then 'taxable amounts do not add up to its subtotal' end,
          case when coalesce(taxes.tax, 0) * unit <> tax_minor then 'taxes do not add up to its tax' end,
          case when document_type <> 'CreditNote' and coalesce(expected_minor, 0) <> tax_minor then 'tax is not its rate of the taxable amount' end) as wrong
        from said left join lines using (name) left join taxes using (name)) compared
      where wrong <> ''`,
  },
  {
    id: 'I-08',
    claim: 'each document and each file is byte for byte what was issued',
    examined: 'select (select count(*) from invoice) + (select count(*) from invoice_file) as examined',
    violations: `
      select format('document %s has other bytes than its SHA-256 says', ${documentName}) as violation
      from invoice i where encode(sha256(convert_to(document, 'UTF8')), 'hex') <> document_sha256
      union all
      select format('file %s of %s has other bytes than its SHA-256 says', f.kind, f.invoice_id)
      from invoice_file f where encode(sha256(f.bytes), 'hex') <> f.sha256`,
  },
  {
    id: 'I-15',
    claim: 'numbers are given once and without a gap',
    examined: 'select count(*) as examined from invoice where number is not null',
    violations: `
      select format('series %s gave %s numbers and %s documents bear one', s.names, s.given, s.borne) as violation
      from (select string_agg(name, ', ') as names, coalesce(sum(last_number), 0) as given,
              (select count(distinct number) from invoice where number is not null) as borne
            from invoice_series) s
      where s.given <> s.borne
      union all
      select format('after %s comes %s: there is a gap', earlier, number)
      from (select number, lag(number) over series as earlier,
              substring(number from '(\\d+)$')::bigint as ordinal, lag(substring(number from '(\\d+)$')::bigint) over series as before
            from invoice where number is not null
            window series as (partition by regexp_replace(number, '\\d+$', '') order by substring(number from '(\\d+)$')::bigint)) n
      where ordinal <> before + 1`,
  },
  {
    id: 'I-05',
    claim:
      'what was billed, at each price, is exactly what was used up to the cut-off; what has no price is held by name',
    examined: `select count(*) as examined from invoice_line where charge_type in ('Usage', 'Adjustment')`,
    violations: `
      with ${usedByPrice}, ${billedByPrice}, ${unpriced},
      priced as (
        select billing_profile_name, section, customer, subscription_id, meter_id, grouping_key, usage_period, price_list_name,
          price_version, coalesce(u.quantity, 0) as used, coalesce(b.quantity, 0) as billed
        from (select * from used where price_list_name <> '') u
        full join billed b using (billing_profile_name, section, customer, subscription_id, meter_id, grouping_key, usage_period,
          price_list_name, price_version)),
      unbilled as (
        select billing_profile_name, subscription_id, meter_id, grouping_key, usage_period,
          coalesce(u.quantity, 0) as used, coalesce(n.quantity, 0) as held
        from (select billing_profile_name, subscription_id, meter_id, grouping_key, usage_period, sum(quantity) as quantity
              from used where price_list_name = '' group by 1, 2, 3, 4, 5) u
        full join unpriced n using (billing_profile_name, subscription_id, meter_id, grouping_key, usage_period))
      select format('profile %s, subscription %s, meter %s, %s in %s at version %s of %s: used %s, billed %s', billing_profile_name,
        subscription_id, meter_id, grouping_key, usage_period, price_version, price_list_name, used, billed) as violation
      from priced where used <> billed
      union all
      select format('profile %s, subscription %s, meter %s, %s in %s has no price: used %s, held %s', billing_profile_name,
        subscription_id, meter_id, grouping_key, usage_period, used, held)
      from unbilled where used <> held`,
  },
  {
    id: 'I-05',
    claim: 'what costs a plain unit price was billed at quantity times price, rounded once',
    examined: `select count(*) as examined from invoice_line where charge_type in ('Usage', 'Adjustment')`,
    violations: `
      with ${billedByPrice},
      plain as (
        select b.*, round(b.quantity * (e->'price'->>'unitPrice')::numeric * b.minor_unit) as expected
        from billed b
        join price_list p on p.name = b.price_list_name and p.currency = b.currency
        join price_list_version v on v.price_list_name = b.price_list_name and v.version = b.price_version
        cross join jsonb_array_elements(v.prices) e
        where e->>'meterId' = b.meter_id and e->'price'->>'model' = 'perUnit'
          and coalesce((e->'price'->>'includedQuantity')::numeric, 0) = 0)
      select format('profile %s, subscription %s, meter %s, %s in %s: %s units come to %s, billed %s', billing_profile_name,
        subscription_id, meter_id, grouping_key, usage_period, quantity, expected, amount_minor) as violation
      from plain where expected <> amount_minor`,
  },
  {
    id: 'I-05',
    claim: 'whoever owes for a month that was run has a document of it, or is parked by name',
    examined: 'select count(*) as examined from invoice_run where finished_at is not null',
    violations: `
      with used as (
        select p.billing_profile_name, to_char(e.usage_at, 'YYYY-MM') as period, min(e.batch_id) as first_batch
        from usage_event e join usage_route t on t.id = e.route_id join billing_placement p on p.id = t.placement_id
        where t.disposition = 'counted' group by 1, 2)
      select format('profile %s used something in %s, and has neither a document of that month nor a reason', u.billing_profile_name, r.period) as violation
      from invoice_run r
      join used u on u.period = r.period and u.first_batch <= r.cutoff_batch
      join billing_profile b on b.name = u.billing_profile_name and b.created_at < (r.period || '-01')::date + interval '1 month'
      where r.finished_at is not null
        and not exists (select from invoice i where i.billing_profile_name = b.name and i.period = r.period and i.document_type <> 'CreditNote')
        and not exists (select from invoice_run_parked k where k.run_id = r.id and k.billing_profile_name = b.name)`,
  },
]
