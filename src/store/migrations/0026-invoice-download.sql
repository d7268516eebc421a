-- A link to a document that works without a token for a while; the link itself is not kept.
create table invoice_download (
  ticket_hash text primary key,
  invoice_id uuid not null references invoice,
  kind text not null,
  -- Who asked for it: the link works as long as they may have the document.
  tenant_id uuid not null,
  principal_id uuid not null references principal,
  expires_at timestamptz not null
);
