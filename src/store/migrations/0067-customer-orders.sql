-- PAR-28: a sale is an order, and each of its lines makes a subscription.
create table customer_order (
  id uuid primary key,
  partner_id uuid not null,
  tenant_id uuid not null,
  billing_profile_name text not null references partner_profile (billing_profile_name),
  currency text not null,
  created_at timestamptz not null,
  created_by uuid not null,
  foreign key (partner_id, tenant_id) references customer (partner_id, tenant_id)
);
create index customer_order_customer on customer_order (partner_id, tenant_id, created_at);

-- As what a partner's subscription was sold; without an order when it was made in the customer's name directly.
create table partner_subscription (
  subscription_id uuid primary key references subscription,
  offer_id text not null,
  order_id uuid references customer_order,
  line_number integer,
  unique (order_id, line_number),
  check ((order_id is null) = (line_number is null))
);

-- SUB-2: a subscription that a partner sells is paid for through a customer, and what is sold directly through a section.
create function require_payer_of_offer() returns trigger language plpgsql as $$
begin
  if new.customer_name is null and exists (
    select from partner_subscription s where s.subscription_id = new.subscription_id
  ) then
    raise exception 'the subscription % is sold by a partner', new.subscription_id using errcode = '23514';
  end if;
  return new;
end $$;
create trigger billing_placement_offer before insert or update on billing_placement
  for each row execute function require_payer_of_offer();
