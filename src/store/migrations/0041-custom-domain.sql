-- Several tenants may claim a name; at most one has proved it (TEN-4). The proof is a text record with the token, which
-- is of the claim, so that no other tenant's record proves it.
alter table tenant_domain
  drop constraint tenant_domain_pkey,
  add constraint tenant_domain_pkey primary key (tenant_id, name),
  add column verification_token text,
  add constraint tenant_domain_default_is_verified check (not is_default or verified_at is not null),
  add constraint tenant_domain_initial_is_verified check (not is_initial or verified_at is not null);
create unique index tenant_domain_verified on tenant_domain (name) where verified_at is not null;
