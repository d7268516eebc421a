-- The password was set by an administrator: sign-in asks the person for their own first.
alter table user_account add column must_change_password boolean not null default false;
