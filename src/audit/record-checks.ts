import type { Check } from './check.ts'

/** Changes that move money leave a record in their own commit, and one only. */
export const recordChecks: readonly Check[] = [
  {
    id: 'I-17',
    claim: 'each invoice run and each credit note has exactly one record, and each other document is of a run',
    examined: 'select (select count(*) from invoice_run) + (select count(*) from invoice) as examined',
    violations: `
      select format('the run of %s has %s records', r.period, count(a.sequence)) as violation
      from invoice_run r left join audit_record a
        on a.action = 'Tenantry.Billing/invoiceRuns/write' and a.scope = '/providers/Tenantry.Billing/invoiceRuns/' || r.period
      group by r.period having count(a.sequence) <> 1
      union all
      select format('the credit note %s has %s records', n.number, count(a.sequence))
      from invoice n left join audit_record a
        on a.action = 'Tenantry.Billing/invoices/creditNotes/write' and a.after->>'number' = n.number
      where n.document_type = 'CreditNote' group by n.number having count(a.sequence) <> 1
      union all
      select format('document %s is of no run', coalesce(i.number, i.id::text)) from invoice i
      left join invoice_run r on r.id = i.run_id and r.period = i.period
      where i.document_type <> 'CreditNote' and r.id is null`,
  },
  {
    id: 'I-17',
    claim: 'each link and each change of its billing model has exactly one record',
    examined:
      'select (select count(distinct link_id) from identity_link) + (select count(*) from metering_model) as examined',
    violations: `
      with link as (
        select link_id, identity_tenant_id, min(lower(during)) as linked_at from identity_link group by 1, 2),
      record as (
        select a.sequence, a.occurred_at, a.after->>'tenantId' as tenant_id, (a.after->>'linkedAt')::timestamptz as linked_at
        from audit_record a where a.after->>'linkedAt' is not null)
      select format('link %s of tenant %s has %s records of its making', link_id, identity_tenant_id, count(r.sequence)) as violation
      from link l left join record r on r.tenant_id = l.identity_tenant_id::text and r.linked_at = l.linked_at
      group by link_id, identity_tenant_id having count(r.sequence) <> 1
      union all
      select format('the model %s of link %s since %s has %s records', m.model, m.link_id, lower(m.during), count(a.sequence))
      from metering_model m join link l using (link_id)
      join record r on r.tenant_id = l.identity_tenant_id::text and r.linked_at = l.linked_at
        and lower(m.during) > r.occurred_at
      left join audit_record a on a.action = 'Microsoft.AzureActiveDirectory/b2cDirectories/changeBillingModel/action'
        and (a.after->>'since')::timestamptz = lower(m.during) and a.after->>'billingModel' = m.model
        and a.scope ilike '/subscriptions/%/' || (select r.name from resource r where r.uid = m.link_id)
      group by m.model, m.link_id, m.during having count(a.sequence) <> 1`,
  },
  {
    id: 'I-17',
    claim: 'each subscription and each change of its payer has exactly one record',
    examined: 'select count(*) as examined from billing_placement',
    violations: `
      select format('subscription %s has %s records of its making', s.id, count(a.sequence)) as violation
      from subscription s left join audit_record a
        on a.action = 'Microsoft.Subscription/subscriptions/write' and a.scope = '/subscriptions/' || s.id
      group by s.id having count(a.sequence) <> 1
      union all
      select format('subscription %s has %s records of its payer since %s', p.subscription_id, count(a.sequence), lower(p.during))
      from (select *, row_number() over (partition by subscription_id order by lower(during)) as ordinal from billing_placement) p
      left join audit_record a on a.action = 'Microsoft.Billing/billingAccounts/billingSubscriptions/move/action'
        and a.scope ilike '%/billingSubscriptions/' || p.subscription_id and (a.after->>'at')::timestamptz = lower(p.during)
        and a.after->>'profile' = p.billing_profile_name and a.after->>'section' is not distinct from p.invoice_section_name
      where p.ordinal > 1 group by p.id, p.subscription_id, p.during having count(a.sequence) <> 1`,
  },
  {
    id: 'I-17',
    claim:
      'each transfer of billing ownership that was carried out has one record, and its subscriptions changed payer then',
    examined: "select count(*) as examined from billing_transfer where status in ('Completed', 'CompletedWithErrors')",
    violations: `
      select format('the transfer %s has %s records of its acceptance', t.name, count(a.sequence)) as violation
      from billing_transfer t left join audit_record a
        on a.action = 'Microsoft.Billing/transfers/accept/action'
        and right(a.scope, char_length('/transfers/' || t.name)) = '/transfers/' || t.name
      where t.status in ('Completed', 'CompletedWithErrors') group by t.name having count(a.sequence) <> 1
      union all
      select format('subscription %s of the transfer %s did not change its payer at %s', i.subscription_id, t.name, t.responsible_from)
      from billing_transfer t join billing_transfer_item i on i.transfer_name = t.name and i.status = 'Completed'
      where not exists (select from billing_placement p
        where p.subscription_id = i.subscription_id and lower(p.during) = t.responsible_from)`,
  },
]
