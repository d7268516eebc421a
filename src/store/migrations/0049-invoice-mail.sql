-- Who gets the invoices of a profile by mail beside those who hold a role on it, if it wants them by mail at all.
alter table billing_profile add column invoice_recipients jsonb not null default '[]'
  check (jsonb_typeof(invoice_recipients) = 'array');

-- What goes with a message: a file that is kept already, and not a copy of it.
create table outbox_attachment (
  message_id uuid not null references outbox_message (id) on delete cascade,
  position integer not null,
  file_name text not null,
  content_type text not null,
  invoice_id uuid not null,
  file_kind text not null,
  primary key (message_id, position),
  foreign key (invoice_id, file_kind) references invoice_file (invoice_id, kind)
);
