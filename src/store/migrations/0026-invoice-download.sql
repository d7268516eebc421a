-- A link to one document, or to an archive of several, that works without a token for a while; the link itself is not kept.
create table invoice_download (
  ticket_hash text primary key,
  -- Who asked for it: the link works as long as they may have the documents.
  tenant_id uuid not null,
  principal_id uuid not null references principal,
  is_archive boolean not null,
  expires_at timestamptz not null
);
create index invoice_download_expiry on invoice_download (expires_at);

create table invoice_download_file (
  ticket_hash text not null references invoice_download on delete cascade,
  invoice_id uuid not null references invoice,
  kind text not null,
  primary key (ticket_hash, invoice_id, kind)
);
