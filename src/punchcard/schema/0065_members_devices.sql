-- When a device was signed in, by the clock of the programme and not of the database.
alter table session add column since timestamptz;
update session set since = created_at;
alter table session alter column since set not null, alter column since set default now();
comment on column session.since is 'When the device was signed in.';
