create extension if not exists btree_gist;

-- One row a setting of the installation itself: the sandbox clock, the operator's identity.
create table platform_setting (
  name text primary key,
  value jsonb not null
);

create table signing_key (
  key_id text primary key,
  private_jwk jsonb not null,
  public_jwk jsonb not null,
  created_at timestamptz not null,
  retired_at timestamptz
);

-- Every state-changing success leaves one row here, in the same transaction.
create table audit_record (
  sequence bigint generated always as identity primary key,
  occurred_at timestamptz not null,
  tenant_id uuid,
  principal_id uuid,
  principal_name text,
  action text not null,
  scope text not null,
  before jsonb,
  after jsonb,
  correlation_id text not null
);
create index audit_record_scope on audit_record (lower(scope), sequence);

-- A POST repeated with the same key answers what the first one answered; the row is committed with the effect.
create table idempotency_record (
  tenant_id uuid not null,
  principal_id uuid not null,
  route text not null,
  key text not null,
  body_hash text not null,
  status integer not null,
  headers jsonb not null,
  body jsonb,
  created_at timestamptz not null,
  primary key (tenant_id, principal_id, route, key)
);

-- Long-running operations survive a restart: a worker picks up what is not finished.
create table long_running_operation (
  id text primary key,
  kind text not null,
  tenant_id uuid not null,
  principal_id uuid not null,
  scope text not null,
  state text not null check (state in ('Accepted', 'Running', 'Succeeded', 'Failed', 'Canceled')),
  input jsonb not null,
  progress jsonb,
  result jsonb,
  error jsonb,
  created_at timestamptz not null,
  finished_at timestamptz,
  check ((state in ('Succeeded', 'Failed', 'Canceled')) = (finished_at is not null))
);
create index long_running_operation_open on long_running_operation (created_at) where finished_at is null;

-- Work that falls due by the business clock.
create table due_work (
  id uuid primary key,
  due_at timestamptz not null,
  kind text not null,
  payload jsonb not null,
  done_at timestamptz
);
create index due_work_open on due_work (due_at, id) where done_at is null;
