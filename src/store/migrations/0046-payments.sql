-- What is known to have been paid for an invoice (BIL-22): only added to, and no more than is due. A payment that bounced
-- is taken back by a row of its own, and what was paid too much after a credit note goes back to the profile's credit.
create table payment (
  id uuid primary key,
  invoice_id uuid not null references invoice,
  kind text not null check (kind in ('Payment', 'Reversal', 'Refund')),
  family text not null check (family in ('CreditCard', 'CheckWire', 'Credits')),
  payment_method_name uuid references payment_method,
  amount_minor bigint not null,
  -- What the payer or the bank wrote on it.
  reference text,
  paid_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by uuid,
  reverses uuid unique references payment,
  check ((kind = 'Payment') = (amount_minor > 0)),
  check ((kind = 'Reversal') = (reverses is not null))
);
create index payment_invoice on payment (invoice_id);

-- Money that a profile has with the seller: what was granted, and what was given back to it.
create table billing_credit (
  id uuid primary key,
  billing_profile_name text not null references billing_profile,
  amount_minor bigint not null check (amount_minor > 0),
  reason text not null,
  -- The refund that it came from.
  payment_id uuid unique references payment,
  granted_at timestamptz not null,
  granted_by uuid
);
create index billing_credit_profile on billing_credit (billing_profile_name);

create view invoice_balance as
  select i.id as invoice_id, i.billing_profile_name, i.total_minor,
    coalesce((select sum(n.total_minor) from invoice n where n.credit_for = i.id), 0)::bigint as credited_minor,
    coalesce((select sum(p.amount_minor) from payment p where p.invoice_id = i.id), 0)::bigint as paid_minor
  from invoice i where i.document_type = 'Invoice';

create function refuse_change_of_payment() returns trigger language plpgsql as $$
begin
  raise exception 'a payment is never edited; take it back by another one' using errcode = '23514';
end $$;
create trigger payment_immutable before update or delete on payment
  for each row execute function refuse_change_of_payment();
create trigger billing_credit_immutable before update or delete on billing_credit
  for each row execute function refuse_change_of_payment();

-- Operations hold the invoice's lock, so that no two payments can be right apart and wrong together.
create function refuse_overpayment() returns trigger language plpgsql as $$
begin
  if exists (select from invoice_balance b where b.invoice_id = new.invoice_id
      and b.paid_minor > greatest(b.total_minor + b.credited_minor, 0)) then
    raise exception 'more is paid than is due' using errcode = '23514', constraint = 'payment_not_above_due';
  end if;
  return null;
end $$;
create trigger payment_not_above_due after insert on payment
  for each row when (new.kind = 'Payment') execute function refuse_overpayment();

-- BIL-23: a subscription whose payer is past due, and what it comes back to when everything is paid.
create table payment_hold (
  subscription_id uuid not null references subscription,
  during tstzrange not null check (not isempty(during)),
  billing_profile_name text not null references billing_profile,
  state_before text not null check (state_before in ('Active', 'Warned')),
  disabled_at timestamptz,
  primary key (subscription_id, during without overlaps)
);
create index payment_hold_profile on payment_hold (billing_profile_name);
