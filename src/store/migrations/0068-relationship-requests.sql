-- PAR-5: a partner asks for a relationship with a personal link. Only a hash of the link's code is kept, and what is
-- accepted says whether delegated privileges were part of it (DEC-39).
create table relationship_request (
  id uuid primary key,
  partner_id uuid not null references partner,
  code_hash text not null,
  delegated_privileges boolean not null,
  recipient_email text,
  created_at timestamptz not null,
  created_by uuid not null,
  expires_at timestamptz not null check (expires_at > created_at),
  accepted_at timestamptz,
  accepted_by uuid,
  customer_tenant_id uuid references tenant,
  check ((accepted_at is null) = (customer_tenant_id is null) and (accepted_at is null) = (accepted_by is null)),
  check (accepted_at < expires_at)
);
create index relationship_request_partner on relationship_request (partner_id, created_at);
