-- What consumers sign in with, one row each, so that a name belongs to one of them. A deleted user's rows are gone and
-- come back from the account when it is restored.
create table user_identity (
  tenant_id uuid not null,
  user_id uuid not null references user_account,
  issuer text not null check (issuer = lower(issuer)),
  issuer_assigned_id text not null check (issuer_assigned_id = lower(issuer_assigned_id)),
  constraint user_identity_name primary key (tenant_id, issuer, issuer_assigned_id),
  foreign key (tenant_id, user_id) references principal (tenant_id, id)
);
create index user_identity_user on user_identity (user_id);
