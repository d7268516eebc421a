create table tenant (
  id uuid primary key,
  kind text not null check (kind in ('workforce', 'identity')),
  display_name text not null,
  country_code text not null,
  -- Where an identity tenant keeps its data; it is the location of its link (DEC-15).
  data_residency text not null,
  -- MAU-16: a workforce tenant counts its guests only when it asked for this pricing.
  external_identity_pricing boolean not null default false,
  created_at timestamptz not null,
  deleted_at timestamptz,
  revision bigint not null default 1
);

-- The primary key keeps a domain in at most one tenant (TEN-4). Names are stored in lower case.
create table tenant_domain (
  name text primary key check (name = lower(name)),
  tenant_id uuid not null references tenant,
  is_initial boolean not null,
  is_default boolean not null,
  verified_at timestamptz
);
create unique index tenant_domain_initial on tenant_domain (tenant_id) where is_initial;
create unique index tenant_domain_default on tenant_domain (tenant_id) where is_default;

create table principal (
  id uuid primary key,
  tenant_id uuid not null references tenant,
  kind text not null check (kind in ('user', 'group', 'servicePrincipal')),
  display_name text not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  revision bigint not null default 1,
  unique (tenant_id, id)
);
create index principal_tenant on principal (tenant_id, kind, id) where deleted_at is null;

create table user_account (
  id uuid primary key references principal,
  tenant_id uuid not null references tenant,
  user_principal_name text not null,
  mail text,
  mail_nickname text,
  given_name text,
  surname text,
  user_type text not null check (user_type in ('Member', 'Guest')),
  account_class text not null check (account_class in ('work', 'guest', 'consumer')),
  account_enabled boolean not null,
  -- Set on an external account: who the person is at home (TEN-7, TEN-8).
  home_tenant_id uuid,
  home_object_id uuid,
  external_user_state text check (external_user_state in ('PendingAcceptance', 'Accepted')),
  external_user_state_changed_at timestamptz,
  identities jsonb not null default '[]',
  password_hash text,
  foreign key (tenant_id, id) references principal (tenant_id, id),
  check ((home_tenant_id is null) = (home_object_id is null))
);
create unique index user_account_upn on user_account (tenant_id, lower(user_principal_name));
create index user_account_home on user_account (home_tenant_id, home_object_id) where home_tenant_id is not null;

create table group_account (
  id uuid primary key references principal,
  tenant_id uuid not null references tenant,
  mail_nickname text not null,
  description text,
  foreign key (tenant_id, id) references principal (tenant_id, id)
);

-- Both ends carry the tenant, so a member of another tenant cannot be written (TEN-2).
create table group_member (
  tenant_id uuid not null,
  group_id uuid not null references group_account,
  member_id uuid not null,
  added_at timestamptz not null,
  primary key (group_id, member_id),
  foreign key (tenant_id, group_id) references principal (tenant_id, id),
  foreign key (tenant_id, member_id) references principal (tenant_id, id),
  check (group_id <> member_id)
);
create index group_member_member on group_member (member_id);

create table application (
  id uuid primary key,
  app_id uuid not null unique,
  tenant_id uuid not null references tenant,
  display_name text not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  revision bigint not null default 1
);

-- Only a hash of a secret is kept; the secret itself is answered once.
create table application_password (
  key_id uuid primary key,
  application_id uuid not null references application,
  display_name text,
  hint text not null,
  secret_hash text not null,
  start_at timestamptz not null,
  end_at timestamptz not null
);

create table service_principal (
  id uuid primary key references principal,
  tenant_id uuid not null references tenant,
  app_id uuid not null,
  unique (tenant_id, app_id),
  foreign key (tenant_id, id) references principal (tenant_id, id)
);

create table directory_role_member (
  tenant_id uuid not null,
  role_template_id uuid not null,
  principal_id uuid not null,
  assigned_at timestamptz not null,
  primary key (tenant_id, role_template_id, principal_id),
  foreign key (tenant_id, principal_id) references principal (tenant_id, id)
);
create index directory_role_member_principal on directory_role_member (principal_id);

-- What an application may do in a tenant as itself: reporting the sign-ins of an identity tenant is such a role.
create table app_role_assignment (
  id uuid primary key,
  tenant_id uuid not null,
  principal_id uuid not null,
  app_role_id uuid not null,
  created_at timestamptz not null,
  unique (principal_id, app_role_id),
  foreign key (tenant_id, principal_id) references principal (tenant_id, id)
);
