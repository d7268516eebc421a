-- Thirty days after a deletion, or when somebody asks for it, the deletion is final (TEN-22). The row stays, so that an
-- object id is never given twice and what names it is an entry without effect.
alter table principal
  add column purged_at timestamptz,
  add constraint principal_purged_after_deletion check (purged_at is null or deleted_at is not null);
create index principal_deleted on principal (tenant_id, kind, id) where deleted_at is not null and purged_at is null;

alter table application
  add column purged_at timestamptz,
  add constraint application_purged_after_deletion check (purged_at is null or deleted_at is not null);
create index application_deleted on application (tenant_id, id) where deleted_at is not null and purged_at is null;

-- A deleted service principal keeps its row to be restored with, and gives its place in the tenant free.
alter table service_principal
  add column deleted_at timestamptz,
  drop constraint service_principal_tenant_id_app_id_key;
create unique index service_principal_app on service_principal (tenant_id, app_id) where deleted_at is null;

-- Groups and service principals that were deleted before could not be restored, and still cannot.
update principal set purged_at = deleted_at where deleted_at is not null and kind <> 'user';
insert into due_work (id, due_at, kind, payload)
  select id, deleted_at + interval '720 hours', 'directory/deletedItems/purge', jsonb_build_object('id', id)
    from principal where deleted_at is not null and purged_at is null
  union all
  select id, deleted_at + interval '720 hours', 'directory/deletedItems/purge', jsonb_build_object('id', id)
    from application where deleted_at is not null;
