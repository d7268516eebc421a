import type { Check } from './check.ts'

/** Changes that move money leave a record in their own commit, and one only. */
export const recordChecks: readonly Check[] = [
  {
    id: 'I-17',
    claim: 'each link and each change of its billing model has exactly one record',
    examined:
      'select (select count(distinct link_id) from identity_link) + (select count(*) from metering_model) as examined',
    violations: `
      select format('link %s of tenant %s has %s records of its making', link_id, identity_tenant_id, count(a.sequence)) as violation
      from (select link_id, identity_tenant_id, min(lower(during)) as linked_at from identity_link group by 1, 2) l
      left join audit_record a on a.after->>'tenantId' = l.identity_tenant_id::text and a.after->>'linkedAt' is not null
        and (a.after->>'linkedAt')::timestamptz = l.linked_at
      group by link_id, identity_tenant_id having count(a.sequence) <> 1`,
  },
]
