create table billing_account (
  name text primary key,
  tenant_id uuid not null references tenant,
  display_name text not null,
  agreement_type text not null check (agreement_type in
    ('MicrosoftCustomerAgreement', 'MicrosoftOnlineServicesProgram', 'EnterpriseAgreement', 'MicrosoftPartnerAgreement')),
  account_type text not null check (account_type in ('Enterprise', 'Individual', 'Partner')),
  account_status text not null default 'Active' check (account_status in ('Active', 'Disabled', 'Deleted')),
  currency text not null,
  country_code text not null,
  sold_to jsonb not null default '{}',
  notification_email text,
  created_at timestamptz not null,
  created_by uuid not null,
  revision bigint not null default 1
);
create index billing_account_tenant on billing_account (tenant_id);

create table billing_profile (
  name text primary key,
  billing_account_name text not null references billing_account,
  display_name text not null,
  currency text not null,
  country_code text not null,
  -- The language of the invoice: 'en' or 'sv'.
  language text not null default 'en',
  bill_to jsonb not null default '{}',
  po_number text,
  invoice_email_opt_in boolean not null default false,
  status text not null default 'Active' check (status in ('Active', 'Disabled', 'Warned', 'Deleted', 'PastDue')),
  -- Percent, as the seller decided for this buyer (BIL-24); null means the seller's rate for the country.
  tax_rate numeric,
  reverse_charge boolean not null default false,
  buyer_tax_id text,
  system_id text not null,
  tags jsonb not null default '{}',
  created_at timestamptz not null,
  created_by uuid not null,
  revision bigint not null default 1
);
create index billing_profile_account on billing_profile (billing_account_name);

create table invoice_section (
  name text primary key,
  billing_profile_name text not null references billing_profile,
  display_name text not null,
  state text not null default 'Active' check (state in ('Active', 'Restricted', 'Deleted')),
  system_id text not null,
  labels jsonb not null default '{}',
  tags jsonb not null default '{}',
  -- BIL-21: a stand-alone account has one section that nobody sees.
  is_hidden boolean not null default false,
  created_at timestamptz not null,
  created_by uuid not null,
  revision bigint not null default 1,
  unique (billing_profile_name, name)
);

-- Who pays for a subscription, at each instant exactly one: a section of a profile, or a customer of a partner (SUB-2, D3).
create table billing_placement (
  id bigint generated always as identity unique,
  subscription_id uuid not null references subscription,
  during tstzrange not null check (not isempty(during)),
  billing_profile_name text not null references billing_profile,
  invoice_section_name text,
  customer_name text,
  primary key (subscription_id, during without overlaps),
  foreign key (billing_profile_name, invoice_section_name) references invoice_section (billing_profile_name, name),
  check ((invoice_section_name is null) <> (customer_name is null))
);
create index billing_placement_profile on billing_placement (billing_profile_name, subscription_id);

create table billing_role_assignment (
  name uuid primary key,
  billing_account_name text not null references billing_account,
  scope text not null,
  scope_key text not null check (scope_key = lower(scope)),
  role_definition_name text not null,
  principal_tenant_id uuid not null,
  principal_id uuid not null,
  created_at timestamptz not null,
  created_by uuid not null,
  unique (scope_key, role_definition_name, principal_id)
);
create index billing_role_assignment_principal on billing_role_assignment (principal_id);

-- The seller (BIL-24): versioned, because an invoice keeps the seller it was issued by.
create table seller (
  version integer primary key,
  effective_from timestamptz not null unique,
  details jsonb not null,
  created_at timestamptz not null
);

create table price_list (
  name text primary key,
  display_name text not null,
  currency text not null,
  created_at timestamptz not null,
  revision bigint not null default 1
);

create table price_list_version (
  price_list_name text not null references price_list,
  version integer not null,
  during tstzrange not null check (not isempty(during)),
  prices jsonb not null,
  created_at timestamptz not null,
  primary key (price_list_name, during without overlaps),
  unique (price_list_name, version)
);

create table price_list_assignment (
  billing_profile_name text not null references billing_profile,
  during tstzrange not null check (not isempty(during)),
  price_list_name text not null references price_list,
  primary key (billing_profile_name, during without overlaps)
);
