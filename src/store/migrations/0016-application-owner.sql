-- Whoever registers an application may keep it up without a directory role.
create table application_owner (
  tenant_id uuid not null,
  application_id uuid not null references application,
  owner_id uuid not null,
  added_at timestamptz not null,
  primary key (application_id, owner_id),
  foreign key (tenant_id, owner_id) references principal (tenant_id, id)
);
