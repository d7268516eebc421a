-- What is deleted pays for nothing any more: nothing that somebody still has, and nothing new. Its row stays, because
-- invoices and costs name it.
create function refuse_deletion_of_payer() returns trigger language plpgsql as $$
begin
  if exists (
    select from billing_placement p join subscription s on s.id = p.subscription_id
    where upper_inf(p.during) and s.state <> 'Deleted' and (
      (tg_table_name = 'invoice_section' and p.invoice_section_name = new.name)
      or (tg_table_name = 'billing_profile' and p.billing_profile_name = new.name))) then
    raise exception 'it still pays for subscriptions' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger invoice_section_deletion before update of state on invoice_section
  for each row when (new.state = 'Deleted' and old.state <> 'Deleted') execute function refuse_deletion_of_payer();
create trigger billing_profile_deletion before update of status on billing_profile
  for each row when (new.status = 'Deleted' and old.status <> 'Deleted') execute function refuse_deletion_of_payer();

create function refuse_deleted_payer() returns trigger language plpgsql as $$
begin
  perform from billing_profile b where b.name = new.billing_profile_name and b.status <> 'Deleted' for share;
  if not found then
    raise exception 'a deleted billing profile pays for nothing' using errcode = '23514';
  end if;
  perform from invoice_section i where i.name = new.invoice_section_name and i.state = 'Deleted';
  if found then
    raise exception 'a deleted invoice section pays for nothing' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger billing_placement_payer before insert on billing_placement
  for each row execute function refuse_deleted_payer();
