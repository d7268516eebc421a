-- Custom roles; the built-in ones are data of the domain.
create table role_definition (
  id uuid not null,
  tenant_id uuid not null references tenant,
  role_name text not null,
  description text not null default '',
  permissions jsonb not null,
  assignable_scopes jsonb not null,
  created_at timestamptz not null,
  created_by uuid not null,
  updated_at timestamptz not null,
  revision bigint not null default 1,
  primary key (tenant_id, id)
);
create unique index role_definition_name on role_definition (tenant_id, lower(role_name));

-- scope keeps the caller's casing, scope_key is what is compared. subscription_id is null only at the root of a tenant.
create table role_assignment (
  id uuid not null,
  tenant_id uuid not null references tenant,
  scope text not null,
  scope_key text not null check (scope_key = lower(scope_key)),
  subscription_id uuid,
  role_definition_id uuid not null,
  principal_id uuid not null,
  principal_type text not null check (principal_type in ('User', 'Group', 'ServicePrincipal', 'ForeignGroup')),
  description text,
  created_at timestamptz not null,
  created_by uuid not null,
  updated_at timestamptz not null,
  updated_by uuid not null,
  revision bigint not null default 1,
  primary key (scope_key, id),
  unique (scope_key, role_definition_id, principal_id)
);
create index role_assignment_principal on role_assignment (principal_id);
create index role_assignment_subscription on role_assignment (subscription_id);

create table policy_definition (
  scope_key text not null check (scope_key = lower(scope_key)),
  name text not null,
  name_key text not null check (name_key = lower(name)),
  tenant_id uuid not null references tenant,
  properties jsonb not null,
  created_at timestamptz not null,
  created_by uuid not null,
  updated_at timestamptz not null,
  revision bigint not null default 1,
  primary key (scope_key, name_key)
);

create table policy_assignment (
  scope text not null,
  scope_key text not null check (scope_key = lower(scope)),
  subscription_id uuid not null,
  name text not null,
  name_key text not null check (name_key = lower(name)),
  policy_definition_id text not null,
  location text,
  properties jsonb not null,
  created_at timestamptz not null,
  created_by uuid not null,
  updated_at timestamptz not null,
  revision bigint not null default 1,
  primary key (scope_key, name_key)
);
create index policy_assignment_subscription on policy_assignment (subscription_id);
