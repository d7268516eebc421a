-- An organisation that sells to customers (PAR-1). One tenant is one partner; its groups of agents and its directory
-- roles are its console roles (PAR-17). A reseller is not invoiced by us, so it has no billing account.
create table partner (
  id uuid primary key,
  tenant_id uuid not null unique references tenant,
  kind text not null check (kind in ('direct', 'indirectProvider', 'indirectReseller')),
  display_name text not null,
  country_code text not null,
  billing_account_name text unique references billing_account,
  admin_agents_group_id uuid not null unique,
  helpdesk_agents_group_id uuid not null unique,
  sales_agents_group_id uuid not null unique,
  created_at timestamptz not null,
  created_by uuid not null,
  revision bigint not null default 1,
  check ((kind = 'indirectReseller') = (billing_account_name is null)),
  foreign key (tenant_id, admin_agents_group_id) references principal (tenant_id, id),
  foreign key (tenant_id, helpdesk_agents_group_id) references principal (tenant_id, id),
  foreign key (tenant_id, sales_agents_group_id) references principal (tenant_id, id)
);

-- PAR-23: a partner is invoiced once for each currency, so it has one profile for each.
create table partner_profile (
  partner_id uuid not null references partner,
  currency text not null,
  billing_profile_name text not null unique references billing_profile,
  primary key (partner_id, currency)
);
