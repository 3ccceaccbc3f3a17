alter table google_object add column in_doubt boolean not null default false;
comment on column google_object.in_doubt is 'A change was sent to Google and its answer never kept (a kill, a lost connection): nobody knows whether it was taken, and all is sent again.';
