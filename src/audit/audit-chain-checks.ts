import type { Check } from './check.ts'

const field = (text: string): string => `coalesce(char_length(${text}) || ':' || ${text}, '-')`
const micros = (instant: string): string => `(extract(epoch from ${instant}) * 1000000)::bigint::text`
const nowhere = '00000000-0000-0000-0000-000000000000'

/** The text that a link's hash is over, spelt here a second time. */
const recordText = `'tenantry.audit.1' || ${[
  'r.sequence::text',
  micros('r.occurred_at'),
  'r.tenant_id::text',
  'r.principal_id::text',
  'r.principal_name',
  'r.action',
  'r.scope',
  'r.before::text',
  'r.after::text',
  'r.correlation_id',
]
  .map(field)
  .join(' || ')}`

const whole = `'record ' || r.sequence || ' (' || r.action || ' on ' || r.scope || ')'`

/** The audit log itself: nothing changed, nothing lost, nothing put in, each record in its place (S52). */
export const auditChainChecks: readonly Check[] = [
  {
    id: 'I-17',
    claim: 'each audit record is one link of the chain of the tenant that acted',
    examined: 'select count(*) as examined from audit_record',
    violations: `
      select ${whole} || ' is in no chain' as violation
      from audit_record r left join audit_link l on l.record_sequence = r.sequence where l.record_sequence is null
      union all
      select format('link %s of chain %s has lost its record %s', l.position, l.chain, l.record_sequence)
      from audit_link l left join audit_record r on r.sequence = l.record_sequence where r.sequence is null
      union all
      select ${whole} || format(' is in the chain of %s and not in that of who acted', l.chain)
      from audit_link l join audit_record r on r.sequence = l.record_sequence
      where l.chain <> coalesce(r.tenant_id, '${nowhere}')`,
  },
  {
    id: 'I-17',
    claim: 'each audit record still says what it said when it was written',
    examined: 'select count(*) as examined from audit_link',
    violations: `
      select ${whole} || format(' is not what link %s of chain %s was made of', l.position, l.chain) as violation
      from audit_link l join audit_record r on r.sequence = l.record_sequence
      where l.hash <> sha256(l.previous_hash || convert_to(${recordText}, 'UTF8'))`,
  },
  {
    id: 'I-17',
    claim:
      'each chain of the audit log is whole: it begins at 1, leaves nothing out, and each link names the one before',
    examined: 'select count(distinct chain) as examined from audit_link',
    violations: `
      select format('link %s of chain %s, record %s, does not follow %s', position, chain, record_sequence,
        case when position_before is null then 'the beginning' else 'link ' || position_before end) as violation
      from (
        select *, lag(position) over chain_order as position_before, lag(hash) over chain_order as hash_before
        from audit_link window chain_order as (partition by chain order by position)) l
      where position <> coalesce(position_before, 0) + 1
        or previous_hash <> coalesce(hash_before, decode(repeat('00', 32), 'hex'))`,
  },
]
