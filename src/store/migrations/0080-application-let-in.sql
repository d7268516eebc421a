-- Whether an administrator let the application act for people at the platform's own APIs. The owner of a registration may
-- take it into the tenant without one, and it then does nothing in anybody's name.
alter table service_principal add column acts_for_people boolean not null default false;
