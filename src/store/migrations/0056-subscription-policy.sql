-- SUB-23: whether subscriptions may leave or enter a tenant, and who may bring them all the same.
create table subscription_policy (
  tenant_id uuid primary key references tenant,
  blocks_leaving boolean not null,
  blocks_entering boolean not null,
  updated_at timestamptz not null,
  updated_by uuid not null
);

create table subscription_policy_exemption (
  tenant_id uuid not null references subscription_policy,
  principal_id uuid not null,
  primary key (tenant_id, principal_id)
);
