-- Requests that somebody else's subscriptions be billed to a section from now on (OWN-1). `Pending` is what the rules
-- call waiting, and `InProgress` what they call processing: the wire's names.
create table billing_transfer (
  name text primary key,
  name_key text not null unique check (name_key = lower(name)),
  billing_account_name text not null references billing_account,
  billing_profile_name text not null,
  invoice_section_name text not null,
  status text not null default 'Pending' check (status in
    ('Pending', 'InProgress', 'Completed', 'CompletedWithErrors', 'Expired', 'Canceled', 'Declined')),
  recipient_email text not null,
  recipient_key text not null check (recipient_key = lower(recipient_email)),
  initiator_email text not null,
  initiated_by uuid not null,
  initiator_tenant_id uuid not null,
  initiated_at timestamptz not null,
  initiator_terms jsonb not null,
  expires_at timestamptz not null check (expires_at > initiated_at),
  answered_by uuid,
  answered_tenant_id uuid,
  answered_at timestamptz,
  recipient_terms jsonb,
  -- What the recipient chose, so that the same acceptance again gets the same answer.
  chosen jsonb,
  canceled_by text,
  -- OWN-11: the instant from which the destination pays.
  responsible_from timestamptz,
  foreign key (billing_profile_name, invoice_section_name) references invoice_section (billing_profile_name, name),
  check ((status = 'Canceled') = (canceled_by is not null)),
  -- OWN-7, OWN-11: nothing is taken over after the expiry, nor without agreement to the terms.
  check (status not in ('InProgress', 'Completed', 'CompletedWithErrors')
    or (answered_at is not null and answered_at < expires_at and recipient_terms is not null and chosen is not null)),
  check (status <> 'Completed' or responsible_from is not null)
);
create index billing_transfer_section on billing_transfer (invoice_section_name, name_key);
create index billing_transfer_recipient on billing_transfer (recipient_key, name_key);

-- OWN-6: which states follow which; what leads nowhere is final.
create table billing_transfer_transition (
  from_status text not null,
  to_status text not null,
  primary key (from_status, to_status)
);
insert into billing_transfer_transition values
  ('Pending', 'InProgress'), ('Pending', 'Expired'), ('Pending', 'Canceled'), ('Pending', 'Declined'),
  ('InProgress', 'Completed'), ('InProgress', 'CompletedWithErrors');

create function guard_billing_transfer() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a transfer request is kept' using errcode = '23514';
  end if;
  if tg_op = 'INSERT' then
    if new.status <> 'Pending' then
      raise exception 'a transfer request begins by waiting' using errcode = '23514';
    end if;
    return new;
  end if;
  if not exists (select from billing_transfer_transition
    where from_status = old.status and to_status = new.status) then
    raise exception 'a transfer request cannot go from % to %', old.status, new.status using errcode = '23514';
  end if;
  return new;
end $$;
create trigger billing_transfer_guard before insert or update or delete on billing_transfer
  for each row execute function guard_billing_transfer();

-- What became of each subscription that was handed over (OWN-5).
create table billing_transfer_item (
  transfer_name text not null references billing_transfer,
  subscription_id uuid not null references subscription,
  status text not null check (status in ('Completed', 'Failed')),
  error jsonb,
  primary key (transfer_name, subscription_id),
  check ((status = 'Failed') = (error is not null))
);

-- An account's standing agreement to the terms of transfers, for clients that cannot say it with each request (OWN-11).
create table transfer_terms_agreement (
  billing_account_name text not null references billing_account,
  terms_version text not null,
  agreed_at timestamptz not null,
  agreed_by uuid not null,
  agreed_by_name text not null,
  primary key (billing_account_name, terms_version)
);
