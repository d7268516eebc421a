-- What is sold for a price a month beside usage (RULES A10 to S7): offers, what was bought, and who paid for it when.
create table product_offer (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  kind text not null check (kind in ('plan', 'marketplace', 'reservation')),
  product_name jsonb not null,
  service_family text not null,
  -- Exact decimals as texts, by currency.
  monthly_prices jsonb not null,
  created_at timestamptz not null,
  created_by uuid not null
);

create table product (
  id uuid primary key,
  billing_account_name text not null references billing_account,
  offer_name text not null references product_offer,
  purchased_at timestamptz not null,
  purchased_by uuid not null,
  auto_renew boolean not null,
  is_cancelled boolean not null default false,
  unique (id, billing_account_name),
  check (not (is_cancelled and auto_renew))
);
create index product_account on product (billing_account_name, id);
create index product_offer_sold on product (offer_name);

-- A product stays in its account: both ends of each of its placements are of that account.
alter table billing_profile add unique (billing_account_name, name);
create table product_placement (
  product_id uuid not null,
  billing_account_name text not null,
  billing_profile_name text not null,
  invoice_section_name text not null,
  during tstzrange not null check (not isempty(during) and not lower_inf(during)),
  primary key (product_id, during without overlaps),
  foreign key (product_id, billing_account_name) references product (id, billing_account_name),
  foreign key (billing_account_name, billing_profile_name) references billing_profile (billing_account_name, name),
  foreign key (billing_profile_name, invoice_section_name) references invoice_section (billing_profile_name, name)
);
create index product_placement_profile on product_placement (billing_profile_name, product_id);

-- An offer that was sold is what was agreed; another price is another offer.
create function keep_sold_offer() returns trigger language plpgsql as $$
begin
  if exists (select from product where offer_name = old.name) then
    raise exception 'the offer % was sold and does not change', old.name using errcode = 'integrity_constraint_violation';
  end if;
  return coalesce(new, old);
end $$;
create trigger keep_sold_offer before update or delete on product_offer for each row execute function keep_sold_offer();

-- A product is in no subscription.
alter table invoice_line alter column subscription_id drop not null;
alter table invoice_line add check ((subscription_id is null) = (line_kind = 'product'));
create index invoice_line_product on invoice_line (grouping_key, usage_period) where line_kind = 'product';
