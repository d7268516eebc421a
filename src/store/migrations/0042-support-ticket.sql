-- TEN-26. scope is what a request is about: the tenant (`/`), a subscription, or something in it. container_key is the
-- subscription or the tenant, in which names are unique.
create table support_ticket (
  id uuid primary key,
  name text not null,
  name_key text not null check (name_key = lower(name)),
  container_key text not null,
  scope text not null,
  scope_key text not null,
  tenant_id uuid not null references tenant,
  requester_id uuid not null,
  title text not null,
  description text not null,
  service_name uuid not null,
  problem_classification_name uuid not null,
  severity text not null check (severity in ('minimal', 'moderate', 'critical', 'highestcriticalimpact')),
  status text not null check (status in ('Open', 'Closed')),
  contact jsonb not null,
  require_24x7_response boolean not null,
  problem_started_at timestamptz,
  created_at timestamptz not null,
  modified_at timestamptz not null,
  closed_at timestamptz,
  unique (container_key, name_key),
  foreign key (tenant_id, requester_id) references principal (tenant_id, id),
  check ((status = 'Closed') = (closed_at is not null))
);
create index support_ticket_status on support_ticket (status, id);

-- Who may read it besides the operator: whoever asked, and for a partner's customer the partner.
create table support_ticket_reader (
  ticket_id uuid not null references support_ticket,
  tenant_id uuid not null,
  principal_id uuid not null,
  kind text not null check (kind in ('requester', 'partner')),
  primary key (ticket_id, tenant_id, principal_id),
  foreign key (tenant_id, principal_id) references principal (tenant_id, id)
);
create index support_ticket_reader_principal on support_ticket_reader (principal_id);

create table support_communication (
  ticket_id uuid not null references support_ticket,
  name text not null,
  name_key text not null check (name_key = lower(name)),
  direction text not null check (direction in ('inbound', 'outbound')),
  sender text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null,
  created_by uuid not null,
  primary key (ticket_id, name_key)
);
