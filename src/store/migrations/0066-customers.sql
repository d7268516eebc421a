-- A partner's record of a customer (PAR-2), tied to one tenant. It outlives the relationship: what was sold is billed.
create table customer (
  partner_id uuid not null references partner,
  tenant_id uuid not null references tenant,
  company_name text not null,
  -- What is sold without a word about the currency is paid through it; none where the partner does not sell.
  billing_profile_name text references partner_profile (billing_profile_name),
  email text,
  culture text not null,
  language text not null,
  default_address jsonb not null default '{}',
  created_at timestamptz not null,
  created_by uuid not null,
  revision bigint not null default 1,
  primary key (partner_id, tenant_id)
);
create index customer_tenant on customer (tenant_id);

-- PAR-4: a customer has as many relationships as it likes, each with its own history.
create table partner_relationship (
  partner_id uuid not null,
  tenant_id uuid not null,
  during tstzrange not null check (not isempty(during)),
  started_by uuid not null,
  ended_by uuid,
  foreign key (partner_id, tenant_id) references customer (partner_id, tenant_id),
  primary key (partner_id, tenant_id, during without overlaps)
);

-- PAR-7: the partner's agents hold directory roles in the customer's tenant; never without a relationship.
create table delegated_privilege (
  partner_id uuid not null,
  tenant_id uuid not null,
  during tstzrange not null check (not isempty(during)),
  granted_by uuid not null,
  ended_by uuid,
  primary key (partner_id, tenant_id, during without overlaps),
  foreign key (partner_id, tenant_id, period during) references partner_relationship (partner_id, tenant_id, period during)
);
create index delegated_privilege_tenant on delegated_privilege (tenant_id) where upper_inf(during);

-- PAR-3: who accepted the agreement for the customer and when, and who says so.
create table customer_agreement (
  id uuid primary key,
  partner_id uuid not null,
  tenant_id uuid not null,
  agreement_type text not null check (agreement_type = 'MicrosoftCustomerAgreement'),
  template_id uuid not null,
  first_name text not null,
  last_name text not null,
  email text not null,
  phone_number text,
  date_agreed timestamptz not null,
  recorded_at timestamptz not null check (date_agreed <= recorded_at),
  recorded_by uuid not null,
  foreign key (partner_id, tenant_id) references customer (partner_id, tenant_id),
  unique nulls not distinct (partner_id, tenant_id, first_name, last_name, email, phone_number)
);

-- SUB-2: a customer pays through a profile of the partner whose customer it is.
create function require_customer_of_profile() returns trigger language plpgsql as $$
begin
  if new.customer_name is not null and not exists (
    select from customer c join partner_profile p on p.partner_id = c.partner_id
    where p.billing_profile_name = new.billing_profile_name and c.tenant_id::text = new.customer_name
  ) then
    raise exception 'the profile % is of no partner of the customer %', new.billing_profile_name, new.customer_name
      using errcode = '23503';
  end if;
  return new;
end $$;
create trigger billing_placement_customer before insert or update on billing_placement
  for each row execute function require_customer_of_profile();
