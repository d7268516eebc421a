-- A namespace that was never used has no row; one that was unregistered on purpose keeps its row and is closed.
alter table provider_registration add column state text not null default 'Registered'
  check (state in ('Registered', 'Unregistered'));

-- SUB-8: while a subscription is cancelled nothing in it costs anything. Open for as long as it stays cancelled.
create table subscription_cancellation (
  subscription_id uuid not null references subscription,
  during tstzrange not null check (not isempty(during)),
  primary key (subscription_id, during without overlaps)
);
