-- All of this runs on the wall clock. Only a hash of what the browser holds is kept.
create table sign_in_session (
  secret_hash text primary key,
  -- Who signed in, at home.
  tenant_id uuid not null,
  user_id uuid not null references user_account,
  authenticated_at timestamptz not null,
  last_used_at timestamptz not null,
  foreign key (tenant_id, user_id) references principal (tenant_id, id)
);
create index sign_in_session_user on sign_in_session (user_id);
create index sign_in_session_age on sign_in_session (authenticated_at);

-- What signed in before this instant counts no more: a new password, a disabled or deleted account, a revocation.
-- An instant and not a deletion, so that a sign-in that is under way at that moment is covered as well.
alter table user_account add column sessions_valid_from timestamptz;

-- Failed sign-ins of an account, a name that nobody has, or an address.
create table sign_in_failure (
  subject text primary key,
  count integer not null check (count >= 0),
  last_at timestamptz not null,
  blocked_until timestamptz
);
create index sign_in_failure_age on sign_in_failure (last_at);
