import type { Check } from './check.ts'

/** Each invoice with what its credit notes and its payments say, added up here from the rows themselves. */
const settled = `
  settled as (
    select i.id, coalesce(i.number, i.id::text) as name, i.billing_profile_name, i.total_minor,
      coalesce((select sum(n.total_minor) from invoice n where n.credit_for = i.id), 0) as credited,
      coalesce((select sum(p.amount_minor) from payment p where p.invoice_id = i.id and p.kind = 'Payment'), 0) as paid,
      coalesce((select sum(p.amount_minor) from payment p where p.invoice_id = i.id and p.kind = 'Reversal'), 0) as reversed,
      coalesce((select sum(p.amount_minor) from payment p where p.invoice_id = i.id and p.kind = 'Refund'), 0) as refunded,
      (select s.status from invoice_status s where s.invoice_id = i.id order by s.sequence desc limit 1) as status
    from invoice i where i.document_type = 'Invoice'),
  left_over as (select *, total_minor + credited - paid - reversed - refunded as due from settled)`

/** Payments, credit, and what follows for who did not pay. Money is not lost between them (I-05). */
export const paymentChecks: readonly Check[] = [
  {
    id: 'I-05',
    claim: 'what was paid and what is due come to the total of each invoice, and its status says which',
    examined: `select count(*) as examined from invoice where document_type = 'Invoice'`,
    violations: `
      with ${settled}
      select format('invoice %s: total %s, credited %s, paid %s, taken back %s, refunded %s, which leaves %s, and it is %s', name,
        total_minor, credited, paid, reversed, refunded, due, coalesce(status, 'nothing')) as violation
      from left_over
      where due < 0 or status is null
        or (due > 0) <> (status in ('Due', 'OverDue'))
        or (status = 'Void') <> (due = 0 and credited <> 0 and total_minor + credited = 0)`,
  },
  {
    id: 'I-05',
    claim: 'each payment that was taken back is one that was made, once and in full',
    examined: 'select count(*) as examined from payment',
    violations: `
      select format('payment %s takes %s back of %s', r.id, r.amount_minor, coalesce(p.amount_minor::text, 'nothing')) as violation
      from payment r left join payment p on p.id = r.reverses
      where r.kind = 'Reversal' and (p.id is null or p.kind <> 'Payment' or p.invoice_id <> r.invoice_id
        or p.amount_minor + r.amount_minor <> 0 or p.family <> r.family)
      union all
      select format('payment %s is taken back %s times', reverses, count(*)) from payment where reverses is not null
      group by reverses having count(*) > 1`,
  },
  {
    id: 'I-05',
    claim: 'no more is paid by credit than was granted or given back, and what was given back is credit',
    examined: 'select (select count(*) from billing_credit) + (select count(*) from payment) as examined',
    violations: `
      select format('profile %s: %s of credit that it does not have', profile, -sum(amount)) as violation
      from (
        select billing_profile_name as profile, amount_minor as amount from billing_credit
        union all
        select i.billing_profile_name, -p.amount_minor from payment p join invoice i on i.id = p.invoice_id
        where p.family = 'Credits' and p.kind in ('Payment', 'Reversal')) moved
      group by profile having sum(amount) < 0
      union all
      select format('payment %s gave %s back, and the credit of it is %s', p.id, -p.amount_minor, coalesce(c.amount_minor::text, 'missing'))
      from payment p join invoice i on i.id = p.invoice_id left join billing_credit c on c.payment_id = p.id
      where p.kind = 'Refund' and (c.id is null or c.amount_minor + p.amount_minor <> 0
        or c.billing_profile_name <> i.billing_profile_name)`,
  },
  {
    id: 'I-05',
    claim: 'who has an overdue invoice is past due and holds its subscriptions, and nobody else',
    examined: 'select count(*) as examined from billing_profile',
    violations: `
      with ${settled},
      behind as (select distinct billing_profile_name as name from settled where status = 'OverDue')
      select format('profile %s is %s and %s', b.name, b.status, case when h.name is null then 'owes nothing' else 'is behind' end) as violation
      from billing_profile b left join behind h using (name)
      where b.status in ('Active', 'Warned', 'PastDue') and (b.status = 'PastDue') <> (h.name is not null)
      union all
      select format('subscription %s is past due, and no unpaid payer holds it', s.id)
      from subscription s where s.state = 'PastDue' and not exists (
        select from payment_hold h join behind b on b.name = h.billing_profile_name
        where h.subscription_id = s.id and upper_inf(h.during))
      union all
      select format('subscription %s is held by %s, which is not behind', h.subscription_id, h.billing_profile_name)
      from payment_hold h where upper_inf(h.during) and not exists (select from behind b where b.name = h.billing_profile_name)`,
  },
]
