-- SUB-18: an Owner asks for another directory; what was asked last and is open is the only one that can be accepted.
create table directory_change (
  id uuid primary key,
  subscription_id uuid not null references subscription,
  source_tenant_id uuid not null references tenant,
  source_owner_id uuid not null,
  source_owner_email text,
  destination_tenant_id uuid not null references tenant,
  destination_owner_id uuid not null,
  -- How many of each kind the requester was told are lost (SUB-19).
  losses jsonb not null,
  state text not null check (state in ('Initialized', 'Completed', 'Canceled', 'Expired')),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  ended_at timestamptz,
  check (source_tenant_id <> destination_tenant_id),
  check ((state = 'Initialized') = (ended_at is null))
);
create unique index directory_change_open on directory_change (subscription_id) where state = 'Initialized';
create index directory_change_subscription on directory_change (subscription_id, created_at);

create function refuse_change_of_ended_directory_change() returns trigger language plpgsql as $$
begin
  if old.state <> 'Initialized' then
    raise exception 'a directory change that has ended stays as it ended' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger directory_change_ended before update or delete on directory_change
  for each row execute function refuse_change_of_ended_directory_change();
