-- Mail that is to be sent, written in the transaction that gives the reason for it. When something was tried and sent is
-- the machine's time; when it was asked for is business time.
create table outbox_message (
  sequence bigint generated always as identity primary key,
  id uuid not null unique,
  kind text not null,
  related_to text,
  recipients jsonb not null check (jsonb_array_length(recipients) > 0),
  copies jsonb not null default '[]',
  subject text not null,
  text_body text not null,
  html_body text,
  -- The same at each try, so that a message which arrives twice can be seen to be one.
  message_id text not null unique,
  state text not null default 'Queued' check (state in ('Queued', 'Sent', 'Failed')),
  created_at timestamptz not null,
  tries integer not null default 0,
  next_try_at timestamptz,
  finished_at timestamptz,
  last_error text,
  -- A personal link, encrypted under a key that is not in the database, and gone when the message is.
  sealed_link text,
  sealed_with text,
  check ((sealed_link is null) = (sealed_with is null)),
  check ((state = 'Queued') = (finished_at is null)),
  check (state = 'Queued' or sealed_link is null)
);
create index outbox_message_open on outbox_message (sequence) where state = 'Queued';
