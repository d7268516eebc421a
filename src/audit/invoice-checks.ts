import type { Check } from './check.ts'
import { recomputed } from './sum-checks.ts'

/** Issued documents: their sums, their bytes, their numbers, and that they bill exactly what was used. */
export const invoiceChecks: readonly Check[] = [
  {
    id: 'I-05',
    claim: 'the lines of each document add up to its subtotal, and subtotal and tax to its total',
    examined: 'select count(*) as examined from invoice',
    violations: `
      select format('document %s: lines %s, subtotal %s, tax %s, total %s', coalesce(i.number, i.id::text),
        coalesce(sum(l.amount_minor), 0), i.subtotal_minor, i.tax_minor, i.total_minor) as violation
      from invoice i left join invoice_line l on l.invoice_id = i.id
      group by i.id having coalesce(sum(l.amount_minor), 0) <> i.subtotal_minor or i.subtotal_minor + i.tax_minor <> i.total_minor`,
  },
  {
    id: 'I-08',
    claim: 'each document and each file is byte for byte what was issued',
    examined: 'select (select count(*) from invoice) + (select count(*) from invoice_file) as examined',
    violations: `
      select format('document %s has other bytes than its SHA-256 says', coalesce(number, id::text)) as violation
      from invoice where encode(sha256(convert_to(document, 'UTF8')), 'hex') <> document_sha256
      union all
      select format('file %s of %s has other bytes than its SHA-256 says', f.kind, f.invoice_id)
      from invoice_file f where encode(sha256(f.bytes), 'hex') <> f.sha256`,
  },
  {
    id: 'I-15',
    claim: 'numbers are given once and without a gap',
    examined: 'select count(*) as examined from invoice where number is not null',
    violations: `
      select format('series %s gave %s numbers and %s documents bear one', s.last_series, s.given, s.borne) as violation
      from (select string_agg(name, ', ') as last_series, coalesce(sum(last_number), 0) as given,
              (select count(distinct number) from invoice where number is not null) as borne
            from invoice_series) s
      where s.given <> s.borne`,
  },
  {
    id: 'I-05',
    claim: 'what was billed up to the last closed month is exactly what was used, whenever it was reported',
    examined: `select count(*) as examined from invoice_line where charge_type in ('Usage', 'Adjustment')`,
    violations: `
      with last_run as (
        select period, cutoff_batch from invoice_run where finished_at is not null and error is null
        order by period desc limit 1),
      ${recomputed('coalesce((select cutoff_batch from last_run), -1)')},
      used as (
        select p.billing_profile_name, t.subscription_id, t.meter_id, t.grouping_key,
          to_char(t.usage_day, 'YYYY-MM') as usage_period, sum(t.quantity) as quantity
        from total t join billing_placement p on p.id = t.placement_id
        where to_char(t.usage_day, 'YYYY-MM') <= (select period from last_run)
        group by 1, 2, 3, 4, 5),
      billed as (
        select i.billing_profile_name, l.subscription_id, l.meter_id, l.grouping_key, l.usage_period, sum(l.quantity) as quantity
        from invoice_line l join invoice i on i.id = l.invoice_id
        where l.charge_type in ('Usage', 'Adjustment') and i.document_type <> 'CreditNote'
        group by 1, 2, 3, 4, 5)
      select format('profile %s, subscription %s, meter %s, %s in %s: used %s, billed %s', billing_profile_name,
        subscription_id, meter_id, grouping_key, usage_period, coalesce(used.quantity, 0), coalesce(billed.quantity, 0)) as violation
      from used full join billed using (billing_profile_name, subscription_id, meter_id, grouping_key, usage_period)
      where coalesce(used.quantity, 0) <> coalesce(billed.quantity, 0)`,
  },
]
