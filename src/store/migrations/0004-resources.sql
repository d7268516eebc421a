create table subscription (
  id uuid primary key,
  display_name text not null,
  state text not null check (state in ('Active', 'Warned', 'PastDue', 'Disabled', 'Expired', 'Deleted', 'Suspended')),
  -- How it is sold: direct subscriptions are paid through a section, the partner kinds through a customer.
  offer text not null check (offer in ('direct', 'trial', 'partner', 'sharedServices')),
  workload text not null default 'Production' check (workload in ('Production', 'DevTest')),
  tags jsonb not null default '{}',
  created_at timestamptz not null,
  created_by uuid not null,
  cancelled_at timestamptz,
  deleted_at timestamptz,
  revision bigint not null default 1
);

-- Which tenant a subscription trusts, at each instant exactly one (SUB-1).
create table subscription_directory (
  subscription_id uuid not null references subscription,
  during tstzrange not null check (not isempty(during)),
  tenant_id uuid not null references tenant,
  primary key (subscription_id, during without overlaps)
);
create index subscription_directory_current on subscription_directory (tenant_id, subscription_id) where upper_inf(during);

create table subscription_alias (
  tenant_id uuid not null references tenant,
  name text not null,
  name_key text not null check (name_key = lower(name)),
  subscription_id uuid not null references subscription,
  billing_scope text,
  workload text,
  created_at timestamptz not null,
  created_by uuid not null,
  primary key (tenant_id, name_key)
);

create table provider_registration (
  subscription_id uuid not null references subscription,
  namespace text not null,
  namespace_key text not null check (namespace_key = lower(namespace)),
  primary key (subscription_id, namespace_key)
);

create table resource_group (
  subscription_id uuid not null references subscription,
  name text not null,
  name_key text not null check (name_key = lower(name)),
  location text not null,
  managed_by text,
  tags jsonb not null default '{}',
  -- Set while a move or a delete holds the group: writes and deletes below it are refused (SUB-16).
  locked_by text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  revision bigint not null default 1,
  primary key (subscription_id, name_key)
);

-- The base of every resource of every type; a type with behaviour of its own keeps more beside it, by resource uid.
create table resource (
  uid uuid primary key,
  subscription_id uuid not null,
  resource_group_key text not null,
  type text not null,
  type_key text not null check (type_key = lower(type)),
  name text not null,
  name_key text not null check (name_key = lower(name)),
  location text not null,
  kind text,
  sku jsonb,
  plan jsonb,
  identity jsonb,
  managed_by text,
  tags jsonb not null default '{}',
  properties jsonb not null default '{}',
  created_at timestamptz not null,
  created_by jsonb not null,
  changed_at timestamptz not null,
  changed_by jsonb not null,
  deleted_at timestamptz,
  revision bigint not null default 1
);
-- A name is free again once its holder is deleted; the history stays.
create unique index resource_name on resource (subscription_id, resource_group_key, type_key, name_key) where deleted_at is null;
create index resource_type on resource (type_key, subscription_id) where deleted_at is null;

create table resource_placement (
  resource_uid uuid not null references resource,
  during tstzrange not null check (not isempty(during)),
  subscription_id uuid not null references subscription,
  resource_group_key text not null,
  primary key (resource_uid, during without overlaps)
);

-- Which subscription an identity tenant's usage belongs to: at each instant at most one (MAU-3).
-- link_id is the uid of the link's resource; a move inside a tenant starts a new row of the same link (MAU-28).
create table identity_link (
  identity_tenant_id uuid not null references tenant,
  during tstzrange not null check (not isempty(during)),
  link_id uuid not null references resource,
  subscription_id uuid not null references subscription,
  primary key (identity_tenant_id, during without overlaps)
);
create index identity_link_id on identity_link (link_id);
create index identity_link_subscription on identity_link (subscription_id);

-- How a link is metered at each instant (MAU-10, MAU-23).
create table metering_model (
  link_id uuid not null references resource,
  during tstzrange not null check (not isempty(during)),
  model text not null check (model in ('perAuthentication', 'mau')),
  decided_by uuid not null,
  primary key (link_id, during without overlaps)
);
-- MAU-22: once a link is metered by active users, no later period may go back.
create function refuse_return_to_per_authentication() returns trigger language plpgsql as $$
begin
  if new.model = 'perAuthentication' and exists (
    select from metering_model m where m.link_id = new.link_id and m.model = 'mau' and lower(m.during) <= lower(new.during)
  ) then
    raise exception 'a link metered by active users cannot return to per-authentication' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger metering_model_irreversible before insert or update on metering_model
  for each row execute function refuse_return_to_per_authentication();
