-- BIL-10: how an account can pay. Of a card there is a reference at whoever charges it, its last four digits and its
-- expiry; its number is nowhere.
create table payment_method (
  name uuid primary key,
  billing_account_name text not null references billing_account,
  family text not null check (family in ('CreditCard', 'CheckWire', 'Credits')),
  display_name text not null,
  account_holder_name text,
  card_type text,
  card_reference text check (card_reference !~ '[0-9]{13,19}'),
  last_four_digits text check (last_four_digits ~ '^[0-9]{4}$'),
  -- The first instant at which a card is good no longer.
  expires_at timestamptz,
  created_at timestamptz not null,
  created_by uuid not null,
  deleted_at timestamptz,
  unique (billing_account_name, name),
  check ((family = 'CreditCard') = (last_four_digits is not null)),
  check ((family = 'CreditCard') = (expires_at is not null)),
  check (card_reference is null or family = 'CreditCard')
);
-- Bank transfer is approved, and credits are kept, once for an account.
create unique index payment_method_of_account on payment_method (billing_account_name, family)
  where family <> 'CreditCard' and deleted_at is null;

-- Which methods a profile has, and which of them it pays by when nobody says otherwise: one at each instant.
create table payment_method_link (
  billing_profile_name text not null references billing_profile,
  payment_method_name uuid not null references payment_method,
  during tstzrange not null check (not isempty(during)),
  primary key (billing_profile_name, payment_method_name, during without overlaps)
);
create table default_payment_method (
  billing_profile_name text not null references billing_profile,
  payment_method_name uuid not null,
  during tstzrange not null check (not isempty(during)),
  primary key (billing_profile_name, during without overlaps),
  -- The default is one of the profile's own for all of the time that it is the default.
  foreign key (billing_profile_name, payment_method_name, period during)
    references payment_method_link (billing_profile_name, payment_method_name, period during)
);

-- Accounts that were opened before are paid as they were until now: by transfer, with the seller's consent.
insert into payment_method (name, billing_account_name, family, display_name, created_at, created_by)
  select md5('CheckWire ' || name)::uuid, name, 'CheckWire', 'Bank transfer', created_at, created_by from billing_account;
insert into payment_method_link (billing_profile_name, payment_method_name, during)
  select name, md5('CheckWire ' || billing_account_name)::uuid, tstzrange(created_at, null, '[)') from billing_profile;
insert into default_payment_method (billing_profile_name, payment_method_name, during)
  select billing_profile_name, payment_method_name, during from payment_method_link;
