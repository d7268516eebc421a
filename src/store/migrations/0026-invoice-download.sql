-- A link to a document that works without a token for a while; the link itself is not kept.
create table invoice_download (
  ticket_hash text primary key,
  invoice_id uuid not null references invoice,
  kind text not null,
  expires_at timestamptz not null
);
