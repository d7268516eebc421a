-- A sign-up is kept under the name the operator gave it, so that the same request again changes nothing (BIL-2).
create table sign_up (
  name text primary key,
  billing_account_name text not null unique references billing_account,
  billing_profile_name text not null references billing_profile,
  invoice_section_name text not null references invoice_section,
  owner_id uuid not null,
  wanted jsonb not null,
  created_at timestamptz not null
);

-- What the payer notes about a subscription.
create table billing_subscription (
  subscription_id uuid primary key references subscription,
  cost_center text
);

alter table billing_profile add column purchase_policies jsonb not null default '{}';
-- BIL-6: the plans that subscriptions of the profile can be on.
alter table billing_profile add column enabled_plans jsonb not null default '[]';

-- One unit of the first currency in units of the second, for a whole month (DEC-36).
create table exchange_rate (
  period text not null,
  from_currency text not null,
  to_currency text not null,
  rate numeric not null check (rate > 0),
  day text not null,
  created_at timestamptz not null,
  primary key (period, from_currency, to_currency)
);
