-- How a tenant works with people from elsewhere (TEN-15, TEN-16, TEN-18, TEN-25). Without a row the defaults hold.
create table collaboration_policy (
  tenant_id uuid primary key references tenant,
  allow_invites_from text not null
    check (allow_invites_from in ('none', 'adminsAndGuestInviters', 'adminsGuestInvitersAndAllMembers', 'everyone')),
  guest_visibility text not null check (guest_visibility in ('asMembers', 'limited', 'restricted')),
  members_create_apps boolean not null,
  members_create_security_groups boolean not null,
  members_create_tenants boolean not null,
  members_read_other_users boolean not null,
  privacy_statement_url text,
  terms_of_use_url text
);

-- One list a tenant, of one kind: the primary key and the check keep TEN-16.
create table domain_list (
  tenant_id uuid primary key references tenant,
  id uuid not null unique,
  display_name text not null,
  description text,
  kind text not null check (kind in ('allow', 'deny')),
  domains jsonb not null,
  is_active boolean not null
);

create table invitation (
  id uuid primary key,
  tenant_id uuid not null references tenant,
  user_id uuid not null,
  inviter_id uuid not null references principal,
  address text not null,
  address_key text not null check (address_key = lower(address_key)),
  display_name text not null,
  redirect_url text not null,
  user_type text not null check (user_type in ('Member', 'Guest')),
  message jsonb not null,
  -- Only a hash of the ticket in the personal link; sending again replaces it (S20).
  ticket_hash text not null unique,
  state text not null check (state in ('Pending', 'Accepted', 'Declined', 'Revoked', 'Replaced', 'Expired')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  home_tenant_id uuid,
  home_object_id uuid,
  accepted_terms text,
  revision bigint not null default 1,
  foreign key (tenant_id, user_id) references principal (tenant_id, id),
  check ((state = 'Pending') = (decided_at is null)),
  check ((state = 'Accepted') = (home_object_id is not null)),
  check ((home_tenant_id is null) = (home_object_id is null))
);
-- An account has at most one link that works.
create unique index invitation_pending on invitation (user_id) where state = 'Pending';
create index invitation_tenant on invitation (tenant_id, id);

-- When invitations were sent, by the machine's time, so that nobody is flooded (S24).
create table invitation_sending (
  tenant_id uuid not null,
  address_hash text not null,
  sent_at timestamptz not null
);
create index invitation_sending_tenant on invitation_sending (tenant_id, sent_at);
create index invitation_sending_address on invitation_sending (address_hash, sent_at);
