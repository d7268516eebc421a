-- SUB-4: creation in another tenant is off until the billing account says otherwise.
create table account_creation_policy (
  billing_account_name text primary key references billing_account,
  allows_other_tenants boolean not null,
  updated_at timestamptz not null,
  updated_by uuid not null
);

-- A subscription for another tenant that its owner there has not accepted yet; also the record of its alias afterwards.
-- The tenants named may be anybody's guess, so they are not looked up before the owner is there.
create table subscription_creation_request (
  subscription_id uuid primary key,
  source_tenant_id uuid not null references tenant,
  requester_id uuid not null,
  alias text not null,
  -- Null once the name was given free.
  alias_key text check (alias_key = lower(alias)),
  billing_scope text not null,
  display_name text not null,
  workload text not null check (workload in ('Production', 'DevTest')),
  tags jsonb not null,
  destination_tenant_id uuid not null check (destination_tenant_id <> source_tenant_id),
  destination_owner_id uuid not null,
  state text not null check (state in ('Pending', 'Completed', 'Expired', 'Canceled')),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  ended_at timestamptz,
  check ((state = 'Pending') = (ended_at is null)),
  unique (source_tenant_id, alias_key)
);
create index subscription_creation_request_owner on subscription_creation_request (destination_tenant_id, destination_owner_id);
