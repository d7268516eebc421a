create table invoice_run (
  id uuid primary key,
  period text not null unique,
  started_at timestamptz not null,
  finished_at timestamptz,
  -- The cut-off of its latest start; each document has its own, because a run that was interrupted goes on with a later one.
  cutoff_batch bigint,
  profiles_total integer not null default 0,
  profiles_done integer not null default 0,
  line_count bigint not null default 0
);

-- Profiles that got no document because something about it would have been wrong (D11); they stay parked until a person resumes.
create table invoice_run_parked (
  run_id uuid not null references invoice_run,
  billing_profile_name text not null references billing_profile,
  error jsonb not null,
  parked_at timestamptz not null,
  primary key (run_id, billing_profile_name)
);

-- Usage that had no price when the run came to it: on no bill yet, and rated as soon as there is a price.
create table invoice_run_unpriced (
  run_id uuid not null references invoice_run,
  billing_profile_name text not null references billing_profile,
  subscription_id uuid not null,
  meter_id text not null,
  grouping_key text not null,
  usage_period text not null,
  quantity numeric not null,
  reason text not null,
  primary key (run_id, billing_profile_name, subscription_id, meter_id, grouping_key, usage_period, reason)
);

create table invoice_series (
  name text primary key,
  last_number bigint not null
);

-- An issued document is never edited (INV-14): the triggers below refuse it. A statement has no number (DEC-37).
create table invoice (
  id uuid primary key,
  number text unique,
  document_type text not null check (document_type in ('Invoice', 'CreditNote', 'Statement')),
  run_id uuid references invoice_run,
  billing_account_name text not null references billing_account,
  billing_profile_name text not null references billing_profile,
  period text not null,
  currency text not null,
  invoice_date timestamptz not null,
  due_date timestamptz not null,
  subtotal_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null,
  -- Everything reported in a batch up to this one is on this document or on an earlier one of the profile.
  cutoff_batch bigint not null,
  credit_for uuid references invoice,
  -- The canonical JSON, as text, so that its SHA-256 is the one of the bytes that are handed out.
  document text not null,
  document_sha256 text not null,
  check (subtotal_minor + tax_minor = total_minor),
  check ((document_type = 'Statement') = (number is null)),
  check ((document_type = 'CreditNote') = (credit_for is not null))
);
-- Where PostgreSQL was built with it, LZ4 stores a document in a tenth of the time of the default.
do $$ begin
  alter table invoice alter column document set compression lz4;
exception when feature_not_supported or invalid_parameter_value then null;
end $$;
create unique index invoice_of_period on invoice (billing_profile_name, period) where document_type <> 'CreditNote';
create index invoice_account on invoice (billing_account_name, invoice_date);
create index invoice_credit_for on invoice (credit_for) where credit_for is not null;

-- No foreign key to invoice: a document and its lines are only ever written together, and the check would cost as much as
-- the line.
create table invoice_line (
  invoice_id uuid not null,
  line_number integer not null,
  -- The month the usage happened in; an adjustment names an earlier one.
  usage_period text not null,
  charge_type text not null check (charge_type in ('Usage', 'Adjustment', 'Minimum', 'Fixed', 'Credit')),
  line_kind text not null,
  invoice_section_name text,
  customer_name text,
  subscription_id uuid not null,
  meter_id text not null,
  -- The identity link or the resource that the quantity is of; empty for a month's minimum.
  grouping_key text not null,
  price_list_name text not null,
  price_version integer not null,
  quantity numeric not null,
  amount numeric not null,
  amount_minor bigint not null,
  primary key (invoice_id, line_number)
);
create index invoice_line_usage on invoice_line (subscription_id, usage_period, meter_id);

-- What of each month's usage a document has seen: a later run rates a month again only if this changed (DEC-7).
create table invoiced_usage (
  invoice_id uuid not null references invoice,
  billing_profile_name text not null,
  usage_period text not null,
  usage_print text not null,
  primary key (billing_profile_name, usage_period, invoice_id)
);

create table invoice_file (
  invoice_id uuid not null references invoice,
  kind text not null,
  bytes bytea not null,
  sha256 text not null,
  primary key (invoice_id, kind)
);

-- The life of an invoice (payments, overdue) is beside it, so that the document itself never changes.
create table invoice_status (
  invoice_id uuid not null references invoice,
  at timestamptz not null,
  status text not null check (status in ('Due', 'OverDue', 'Paid', 'Void')),
  primary key (invoice_id, at, status)
);

create function refuse_change_of_issued_document() returns trigger language plpgsql as $$
begin
  raise exception 'an issued document is never edited; correct it with a credit note' using errcode = '23514';
end $$;
create trigger invoice_immutable before update or delete on invoice
  for each row execute function refuse_change_of_issued_document();
create trigger invoice_line_immutable before update or delete on invoice_line
  for each row execute function refuse_change_of_issued_document();
create trigger invoice_file_immutable before update or delete on invoice_file
  for each row execute function refuse_change_of_issued_document();
