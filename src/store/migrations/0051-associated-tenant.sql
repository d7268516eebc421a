-- OWN-13: a second tenant whose people may hold roles on a billing account, or which may be given licences. Nothing is
-- here unless somebody who may give roles has put it here.
create table associated_tenant (
  billing_account_name text not null references billing_account,
  tenant_id uuid not null references tenant,
  display_name text not null,
  billing_state text not null check (billing_state in ('NotAllowed', 'Active', 'Revoked')),
  provisioning_state text not null check (provisioning_state in
    ('NotRequested', 'Pending', 'Active', 'BillingRequestExpired', 'BillingRequestDeclined', 'Revoked')),
  provisioning_request_name uuid,
  created_at timestamptz not null,
  created_by uuid not null,
  primary key (billing_account_name, tenant_id),
  check (provisioning_state not in ('Pending', 'Active') or provisioning_request_name is not null)
);

-- What somebody of the other tenant has to agree to before it holds.
create table billing_request (
  name uuid primary key,
  type text not null check (type in ('RoleAssignment', 'ProvisioningAccess')),
  status text not null default 'Pending' check (status in ('Pending', 'Approved', 'Declined', 'Cancelled', 'Expired')),
  billing_account_name text not null,
  tenant_id uuid not null,
  scope text not null,
  scope_key text not null check (scope_key = lower(scope)),
  -- Who has to agree to a role; to provisioning any Global administrator of the tenant may.
  principal_id uuid,
  role_definition_name text,
  justification text,
  created_at timestamptz not null,
  created_by uuid not null,
  created_by_name text not null,
  expires_at timestamptz not null check (expires_at > created_at),
  reviewed_at timestamptz,
  reviewed_by uuid,
  reviewed_by_name text,
  decision_reason text,
  foreign key (billing_account_name, tenant_id) references associated_tenant,
  check ((type = 'RoleAssignment') = (principal_id is not null)),
  check ((type = 'RoleAssignment') = (role_definition_name is not null)),
  check (status <> 'Approved' or (reviewed_at is not null and reviewed_at < expires_at))
);
create unique index billing_request_open_role on billing_request (scope_key, role_definition_name, principal_id)
  where status = 'Pending' and type = 'RoleAssignment';
create unique index billing_request_open_provisioning on billing_request (billing_account_name, tenant_id)
  where status = 'Pending' and type = 'ProvisioningAccess';
create index billing_request_principal on billing_request (principal_id);
create index billing_request_tenant on billing_request (tenant_id);
create index billing_request_scope on billing_request (billing_account_name, scope_key);

create function guard_billing_request() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.status <> 'Pending' then
    raise exception 'a billing request that was answered stays as it is' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger billing_request_guard before update or delete on billing_request
  for each row execute function guard_billing_request();

-- BIL-3: a role reaches nobody outside the billing tenant, but for what OWN-13 allows and the person has agreed to.
create function guard_billing_role_assignment() returns trigger language plpgsql as $$
begin
  if new.principal_tenant_id <> (select tenant_id from billing_account where name = new.billing_account_name)
    and not exists (select from billing_request r join associated_tenant t
        on t.billing_account_name = r.billing_account_name and t.tenant_id = r.tenant_id and t.billing_state = 'Active'
      where r.name = new.name and r.status = 'Approved' and r.type = 'RoleAssignment'
        and r.billing_account_name = new.billing_account_name and r.tenant_id = new.principal_tenant_id
        and r.principal_id = new.principal_id and r.scope_key = new.scope_key
        and r.role_definition_name = new.role_definition_name) then
    raise exception 'the principal is not in the tenant of the billing account' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger billing_role_assignment_guard before insert or update on billing_role_assignment
  for each row execute function guard_billing_role_assignment();
