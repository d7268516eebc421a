-- TEN-24: services that tenants can have besides those of the platform, each with its portal over the tenant's one set of
-- accounts, and since when a tenant has them.
create table directory_service (
  name text primary key check (name = lower(name)),
  display_name text not null,
  portal_url text not null,
  service_plan_id uuid not null unique,
  created_at timestamptz not null
);

create table tenant_service (
  tenant_id uuid not null references tenant,
  service_name text not null references directory_service,
  during tstzrange not null,
  primary key (tenant_id, service_name, during without overlaps)
);

-- TEN-21: groups that a directory elsewhere masters.
alter table group_account add column is_externally_mastered boolean not null default false;
