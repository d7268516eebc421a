-- Owners manage the membership of their own groups and of no other (TEN-21).
create table group_owner (
  tenant_id uuid not null,
  group_id uuid not null references group_account,
  owner_id uuid not null,
  added_at timestamptz not null,
  primary key (group_id, owner_id),
  foreign key (tenant_id, group_id) references principal (tenant_id, id),
  foreign key (tenant_id, owner_id) references principal (tenant_id, id)
);
create index group_owner_owner on group_owner (owner_id);

-- Which tenants may take an application in: its own only, or any whose administrator consents.
alter table application
  add column sign_in_audience text not null default 'AzureADMultipleOrgs'
  check (sign_in_audience in ('AzureADMyOrg', 'AzureADMultipleOrgs'));
