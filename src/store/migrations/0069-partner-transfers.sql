-- OWN-14: between partners the destination of a transfer is a customer of the partner who asks, not a section.
alter table billing_transfer alter column invoice_section_name drop not null;
alter table billing_transfer add column customer_name text;
alter table billing_transfer add check ((invoice_section_name is null) <> (customer_name is null));
create index billing_transfer_customer on billing_transfer (billing_profile_name, customer_name, name_key)
  where customer_name is not null;
create trigger billing_transfer_customer before insert or update on billing_transfer
  for each row execute function require_customer_of_profile();
