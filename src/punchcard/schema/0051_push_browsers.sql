alter table phone drop constraint phone_address_kind_check;
alter table phone add constraint phone_address_kind_check check (address_kind in ('fid', 'token', 'web'));
comment on column phone.address is 'The installation id or token at Firebase; of a browser without an SDK (web) its push subscription as JSON: endpoint, p256dh, auth.';
