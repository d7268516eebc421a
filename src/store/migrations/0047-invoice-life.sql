-- An invoice may be paid, found unpaid and paid again at one instant of a clock that stands still.
alter table invoice_status drop constraint invoice_status_pkey;
alter table invoice_status add column sequence bigint generated always as identity primary key;
create index invoice_status_invoice on invoice_status (invoice_id, sequence);
