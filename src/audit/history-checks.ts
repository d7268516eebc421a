import type { Check } from './check.ts'

/** The histories: at each instant one payer, one trusted tenant; and no way back from active users. */
export const historyChecks: readonly Check[] = [
  {
    id: 'I-07',
    claim: 'from its first payer on, a subscription has exactly one payer at each instant',
    examined: 'select count(*) as examined from billing_placement',
    violations: `
      select format('subscription %s has no payer between %s and %s', subscription_id, upper(previous), lower(during)) as violation
      from (select subscription_id, during, lag(during) over (partition by subscription_id order by lower(during)) as previous
            from billing_placement) p
      where previous is not null and upper(previous) is distinct from lower(during)
      union all
      select format('subscription %s has no payer now', s.id) from subscription s
      where s.deleted_at is null and exists (select from billing_placement p where p.subscription_id = s.id)
        and not exists (select from billing_placement p where p.subscription_id = s.id and upper_inf(p.during))`,
  },
  {
    id: 'I-07',
    claim: 'a subscription trusts exactly one tenant at each instant from its creation on',
    examined: 'select count(*) as examined from subscription_directory',
    violations: `
      select format('subscription %s trusts no tenant between %s and %s', subscription_id, upper(previous), lower(during)) as violation
      from (select subscription_id, during, lag(during) over (partition by subscription_id order by lower(during)) as previous
            from subscription_directory) d
      where previous is not null and upper(previous) is distinct from lower(during)
      union all
      select format('subscription %s trusts no tenant now', s.id) from subscription s
      where not exists (select from subscription_directory d where d.subscription_id = s.id and upper_inf(d.during))`,
  },
  {
    id: 'I-11',
    claim: 'no link went back from active users to per authentication',
    examined: 'select count(*) as examined from metering_model',
    violations: `
      select format('link %s is metered per authentication after it was metered by active users', later.link_id) as violation
      from metering_model earlier join metering_model later using (link_id)
      where earlier.model = 'mau' and later.model = 'perAuthentication' and lower(later.during) > lower(earlier.during)`,
  },
]
