-- Raised by every change of links, models and placements, so that each process knows when what it remembers is stale.
create table attribution_version (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);
insert into attribution_version (version) values (1);

-- One row a committed transaction of usage. Its id orders what was reported; an invoice run cuts off between two.
create table usage_batch (
  id bigint generated always as identity primary key,
  reported_at timestamptz not null,
  event_count integer not null
);

-- What many events have in common: who reported them, about what. An event refers to it, which keeps events narrow.
create table usage_origin (
  id integer generated always as identity primary key,
  origin_key uuid not null unique,
  reporter_tenant_id uuid not null,
  reporter_principal_id uuid not null,
  source text not null,
  event_type text not null check (event_type in ('authentication', 'secondFactor', 'usage')),
  identity_tenant_id uuid,
  kind text,
  user_type text,
  outcome text,
  -- The resource as it was named by the reporter, and the one that this name meant at the time of use.
  resource_id text,
  resource_uid uuid,
  meter_id text,
  location text,
  check ((event_type = 'usage') = (identity_tenant_id is null))
);
create index usage_origin_tenant on usage_origin (identity_tenant_id) where identity_tenant_id is not null;
create index usage_origin_resource on usage_origin (resource_uid) where resource_uid is not null;

-- Where events went and why: decided at report, from the usage time (link, model, subscription) and the reported time
-- (placement). Whether a user of the model `mau` is the month's first one is decided in identity_month_user.
create table usage_route (
  id integer generated always as identity primary key,
  route_key uuid not null unique,
  disposition text not null check (disposition in ('counted', 'excluded', 'quarantined')),
  reason text,
  identity_tenant_id uuid,
  model text check (model in ('perAuthentication', 'mau')),
  link_id uuid,
  subscription_id uuid,
  placement_id bigint,
  meter_id text not null,
  grouping_key text,
  check ((disposition = 'counted') = (reason is null)),
  check (disposition <> 'counted' or (subscription_id is not null and grouping_key is not null))
);
create index usage_route_subscription on usage_route (subscription_id, meter_id);
create index usage_route_tenant on usage_route (identity_tenant_id) where identity_tenant_id is not null;
-- Finds the resource that a name meant in the past.
create index resource_placement_group on resource_placement (subscription_id, resource_group_key);

-- The primary key is what "exactly once" rests on: 128 bits of SHA-256 over (tenant of the reporter, source, id), and
-- no time. No foreign keys: origins, routes and batches are only ever written before their events, by the same
-- transaction, and a check for each row would cost as much as the row.
create table usage_event (
  event_key uuid primary key,
  -- 64 bits of SHA-256 over everything else that the reporter said; the same id with another content is a conflict.
  content_hash bigint not null,
  usage_at timestamptz not null,
  batch_id bigint not null,
  origin_id integer not null,
  route_id integer not null,
  id text not null,
  -- The user. The usage of a resource has it in the origin.
  subject text,
  -- Of the usage of a resource only.
  quantity numeric,
  usage_end_at timestamptz,
  occurred_at timestamptz,
  tags jsonb
);
-- Events come nearly in the order of time, so block ranges find a period at almost no cost for the insert.
create index usage_event_usage_at on usage_event using brin (usage_at) with (pages_per_range = 64, autosummarize = on);

-- What invoices are made of, summed in the commit of the events. placement_id is null where nobody paid at that time.
create table usage_sum (
  placement_id bigint,
  subscription_id uuid not null,
  meter_id text not null,
  grouping_key text not null,
  usage_day date not null,
  quantity numeric not null,
  event_count bigint not null,
  unique nulls not distinct (placement_id, subscription_id, meter_id, grouping_key, usage_day)
) with (fillfactor = 70);
create index usage_sum_subscription on usage_sum (subscription_id, usage_day);
create index usage_sum_grouping_key on usage_sum (grouping_key, usage_day);

-- What is on no bill, by reason: unlinked tenants (MAU-20), attempts that failed, what came too late (DEC-8).
create table usage_set_aside (
  kind text not null check (kind in ('excluded', 'quarantined')),
  reason text not null,
  identity_tenant_id uuid,
  subscription_id uuid,
  meter_id text not null,
  usage_day date not null,
  quantity numeric not null,
  event_count bigint not null,
  unique nulls not distinct (usage_day, kind, reason, identity_tenant_id, subscription_id, meter_id)
) with (fillfactor = 70);
create index usage_set_aside_tenant on usage_set_aside (identity_tenant_id, usage_day);
create index usage_set_aside_subscription on usage_set_aside (subscription_id, usage_day);

-- A user of an identity tenant in a month. A unit of monthly active users exists exactly where counted_at is set and
-- paid_at is not (MAU-25, MAU-26). Both are the first instants of their kind, so no order of arrival matters.
create table identity_month_user (
  identity_tenant_id uuid not null,
  month date not null check (extract(day from month) = 1),
  -- 128 bits of SHA-256 over the user's id, which may be any text.
  user_key uuid not null,
  user_id text not null,
  -- First authentication under the model per-authentication, and where it was.
  paid_at timestamptz,
  paid_event_key uuid,
  paid_link_id uuid,
  paid_subscription_id uuid,
  -- First authentication under the model mau: the link is that of the first use (DEC-9), the placement that of the
  -- first report of a use of this link (DEC-34).
  counted_at timestamptz,
  counted_event_key uuid,
  counted_link_id uuid,
  counted_subscription_id uuid,
  counted_placement_id bigint,
  primary key (identity_tenant_id, month, user_key),
  check (paid_at is not null or counted_at is not null),
  check ((paid_at is null) = (paid_event_key is null and paid_link_id is null and paid_subscription_id is null)),
  check ((counted_at is null) = (counted_event_key is null and counted_link_id is null and counted_subscription_id is null))
) with (fillfactor = 90);

-- The counts of a month by link, so that nobody has to count users.
create table identity_month (
  identity_tenant_id uuid not null,
  month date not null,
  link_id uuid not null,
  subscription_id uuid not null,
  authentications bigint not null,
  paid_users bigint not null,
  monthly_active_users bigint not null,
  primary key (identity_tenant_id, month, link_id, subscription_id)
) with (fillfactor = 70);

-- An id that came again with other content: the first is kept, and this is what was refused. A repetition of the same
-- refused content leaves no second row.
create table usage_conflict (
  id bigint generated always as identity primary key,
  event_key uuid not null,
  kept_hash bigint not null,
  rejected_hash bigint not null,
  reported_at timestamptz not null,
  reporter_tenant_id uuid not null,
  reporter_principal_id uuid not null,
  source text not null,
  event_id text not null,
  identity_tenant_id uuid,
  rejected jsonb not null,
  unique (event_key, rejected_hash)
);
create index usage_conflict_reporter on usage_conflict (reporter_tenant_id, id);

-- Events that a person has to look at; found here because they are few among many.
create table usage_quarantine (
  event_key uuid primary key,
  batch_id bigint not null
);
create index usage_quarantine_batch on usage_quarantine (batch_id, event_key);
