-- Each audit record is a link of its chain: one chain a tenant that acted, one for what was done on nobody's behalf.
-- A link's hash is over the record and the hash before it, so that no record can be changed, taken out or put in
-- between without all that follow it saying so (I-17, S52).
create table audit_link (
  chain uuid not null,
  position bigint not null check (position > 0),
  record_sequence bigint not null unique references audit_record,
  previous_hash bytea not null check (length(previous_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  primary key (chain, position)
);

create function audit_chain_of(tenant_id uuid) returns uuid language sql immutable
return coalesce(tenant_id, '00000000-0000-0000-0000-000000000000');

-- Each field with its length before it, so that no two records have one text; `-` is an absent field.
create function audit_field(field text) returns text language sql immutable
return coalesce(char_length(field) || ':' || field, '-');

create function audit_text(record audit_record) returns text language sql immutable
return 'tenantry.audit.1' || audit_field(record.sequence::text)
  || audit_field((extract(epoch from record.occurred_at) * 1000000)::bigint::text)
  || audit_field(record.tenant_id::text) || audit_field(record.principal_id::text) || audit_field(record.principal_name)
  || audit_field(record.action) || audit_field(record.scope)
  || audit_field(record.before::text) || audit_field(record.after::text) || audit_field(record.correlation_id);

create function append_audit_link(record audit_record) returns void language plpgsql as $$
declare
  of_chain uuid := audit_chain_of(record.tenant_id);
  head audit_link;
begin
  select * into head from audit_link where chain = of_chain order by position desc limit 1;
  insert into audit_link (chain, position, record_sequence, previous_hash, hash)
  values (of_chain, coalesce(head.position, 0) + 1, record.sequence, coalesce(head.hash, decode(repeat('00', 32), 'hex')),
    sha256(coalesce(head.hash, decode(repeat('00', 32), 'hex')) || convert_to(audit_text(record), 'UTF8')));
end $$;

do $$
declare
  kept audit_record;
begin
  for kept in select * from audit_record order by sequence loop
    perform append_audit_link(kept);
  end loop;
end $$;

-- Which chains a transaction will lengthen is noted as its records are written, so that at its end it can lock them all
-- in one order: two transactions that each act for two tenants would wait for each other otherwise.
create function note_audit_chain() returns trigger language plpgsql as $$
declare
  noted text := coalesce(current_setting('tenantry.audit_chains', true), '');
  chain text := audit_chain_of(new.tenant_id)::text;
begin
  if position(chain in noted) = 0 then
    perform set_config('tenantry.audit_chains', noted || chain || ' ', true);
  end if;
  return null;
end $$;
create trigger audit_record_chain after insert on audit_record for each row execute function note_audit_chain();

-- At the commit, so that a chain is locked from there to its end and not while the transaction still works. The lock
-- goes when the commit can be seen, so the next one reads the true head.
create function link_audit_record() returns trigger language plpgsql as $$
declare
  noted text := coalesce(current_setting('tenantry.audit_chains', true), '');
  lock_key integer;
begin
  if noted <> '' then
    for lock_key in
      select distinct hashtext(chain) from string_to_table(rtrim(noted), ' ') chain order by 1
    loop
      perform pg_advisory_xact_lock(7261060, lock_key);
    end loop;
    perform set_config('tenantry.audit_chains', '', true);
  end if;
  perform append_audit_link(new);
  return null;
end $$;
create constraint trigger audit_record_link after insert on audit_record deferrable initially deferred
  for each row execute function link_audit_record();

create function refuse_change_of_audit_log() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only added to' using errcode = '23514';
end $$;
create trigger audit_record_immutable before update or delete on audit_record
  for each row execute function refuse_change_of_audit_log();
create trigger audit_record_kept before truncate on audit_record
  for each statement execute function refuse_change_of_audit_log();
create trigger audit_link_immutable before update or delete on audit_link
  for each row execute function refuse_change_of_audit_log();
create trigger audit_link_kept before truncate on audit_link
  for each statement execute function refuse_change_of_audit_log();

-- A subscription, a billing account and a directory are each read by what their scopes begin with.
create index audit_record_scope_prefix on audit_record (lower(scope) text_pattern_ops, sequence);
drop index audit_record_scope;
