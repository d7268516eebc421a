-- A tenant's outside providers (D8). The secret is sealed with the key of the data directory.
create table outside_provider (
  id uuid primary key,
  tenant_id uuid not null references tenant,
  display_name text not null,
  client_id text not null,
  sealed_secret text not null,
  secret_key_id text not null,
  metadata_url text not null check (metadata_url ~ '^https://[^?#]+/\.well-known/openid-configuration$'),
  scope text not null check ('openid' = any (string_to_array(scope, ' '))),
  domain_hint text,
  allows_sign_up boolean not null,
  created_at timestamptz not null,
  constraint outside_provider_metadata unique (tenant_id, metadata_url)
);

-- A consumer is of an identity tenant alone (TEN-9), so nobody signs up anywhere else.
create function refuse_sign_up_outside_identity_tenant() returns trigger language plpgsql as $$
begin
  if new.allows_sign_up and (select kind from tenant where id = new.tenant_id) <> 'identity' then
    raise exception 'people sign up in identity tenants only' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger outside_provider_sign_up before insert or update on outside_provider
  for each row execute function refuse_sign_up_outside_identity_tenant();

-- A browser that is away at a provider. Wall clock, ten minutes, once. Only hashes: nonce and verifier are made from
-- what the browser holds together with the state.
create table outside_sign_in (
  state_hash text primary key,
  browser_hash text not null,
  provider_id uuid not null references outside_provider on delete cascade,
  return_to text not null,
  expires_at timestamptz not null
);
create index outside_sign_in_provider on outside_sign_in (provider_id);
create index outside_sign_in_age on outside_sign_in (expires_at);
