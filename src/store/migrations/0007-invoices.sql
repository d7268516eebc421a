create table invoice_run (
  id uuid primary key,
  period text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  -- Everything reported in a batch up to this one is on these invoices or on earlier ones.
  cutoff_batch bigint not null,
  profiles_total integer not null default 0,
  profiles_done integer not null default 0,
  error jsonb
);
create unique index invoice_run_period on invoice_run (period) where error is null;

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
  credit_for uuid references invoice,
  document text not null,
  document_sha256 text not null,
  check (subtotal_minor + tax_minor = total_minor),
  check ((document_type = 'Statement') = (number is null))
);
create unique index invoice_of_period on invoice (billing_profile_name, period) where document_type <> 'CreditNote';
create index invoice_account on invoice (billing_account_name, invoice_date);

create table invoice_line (
  invoice_id uuid not null references invoice,
  line_number integer not null,
  -- The month the usage happened in; an adjustment names an earlier one.
  usage_period text not null,
  charge_type text not null check (charge_type in ('Usage', 'Adjustment', 'Minimum', 'Fixed', 'Credit')),
  invoice_section_name text,
  customer_name text,
  subscription_id uuid,
  meter_id text not null,
  -- The identity link or the resource group that the quantity is of.
  grouping_key text not null,
  price_version text not null,
  quantity numeric not null,
  amount numeric not null,
  amount_minor bigint not null,
  details jsonb not null,
  primary key (invoice_id, line_number)
);
create index invoice_line_usage on invoice_line (subscription_id, usage_period, meter_id);

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
