-- A lock holds for its scope and everything below it, whoever asks.
create table management_lock (
  scope text not null,
  scope_key text not null check (scope_key = lower(scope)),
  subscription_id uuid not null references subscription,
  name text not null,
  name_key text not null check (name_key = lower(name)),
  level text not null check (level in ('CanNotDelete', 'ReadOnly')),
  notes text,
  owners jsonb not null default '[]',
  created_at timestamptz not null,
  created_by uuid not null,
  updated_at timestamptz not null,
  updated_by uuid not null,
  revision bigint not null default 1,
  primary key (scope_key, name_key)
);
create index management_lock_subscription on management_lock (subscription_id);
