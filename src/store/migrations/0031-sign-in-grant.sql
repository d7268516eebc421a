-- Where the answer of a sign-in may go, by kind of client, and whether the application works without a redirect at all.
alter table application
  add column redirect_uris jsonb not null default '{"web":[],"publicClient":[],"spa":[]}',
  add column is_fallback_public_client boolean not null default false;

-- What one sign-in of a person gave one application; codes and refresh tokens hang on it and die with it. Wall clock.
create table sign_in_grant (
  id uuid primary key,
  app_id uuid not null,
  client_kind text not null check (client_kind in ('web', 'publicClient', 'spa', 'device')),
  home_tenant_id uuid not null,
  home_user_id uuid not null references user_account,
  authenticated_at timestamptz not null,
  scope text not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  foreign key (home_tenant_id, home_user_id) references principal (tenant_id, id)
);
create index sign_in_grant_user on sign_in_grant (home_user_id);

-- Hashes only. A code lives ten minutes at most and is redeemed once.
create table authorization_code (
  code_hash text primary key,
  grant_id uuid not null references sign_in_grant on delete cascade,
  tenant_id uuid not null,
  redirect_uri text not null,
  code_challenge text,
  nonce text,
  expires_at timestamptz not null,
  redeemed_at timestamptz
);
create index authorization_code_grant on authorization_code (grant_id);

-- Each is used once and replaced; a second use is theft of one of the two.
create table refresh_token (
  token_hash text primary key,
  grant_id uuid not null references sign_in_grant on delete cascade,
  expires_at timestamptz not null,
  replaced_at timestamptz
);
create index refresh_token_grant on refresh_token (grant_id);
create unique index refresh_token_current on refresh_token (grant_id) where replaced_at is null;

create table device_authorization (
  device_code_hash text primary key,
  user_code text not null unique,
  -- Absent: the home tenant of whoever enters the code.
  tenant_id uuid references tenant,
  app_id uuid not null,
  scope text not null,
  expires_at timestamptz not null,
  interval_seconds integer not null,
  last_polled_at timestamptz,
  denied_at timestamptz,
  grant_id uuid references sign_in_grant on delete cascade,
  redeemed_at timestamptz,
  check (grant_id is null or tenant_id is not null),
  check (grant_id is null or denied_at is null)
);
create index device_authorization_age on device_authorization (expires_at);
create index device_authorization_grant on device_authorization (grant_id);
