create table apple_pass (
    member_id uuid primary key,
    serial uuid not null,
    tag bigint not null default 0 check (tag >= 0),
    last_modified timestamptz not null,
    given_modified timestamptz not null,
    created_at timestamptz not null default now()
);
comment on table apple_pass is 'A member''s card in Apple Wallet, since it was first asked for. tag grows with every change and is what phones compare; last_modified is at least a second later with each, because HTTP dates have no smaller step; given_modified is that of the newest copy downloaded by link.';

create table pass_serial (
    serial_hash bytea primary key,
    member_id uuid not null
);
comment on table pass_serial is 'A look-up table: whose pass bears the serial number with this SHA-256.';

create table apple_registration (
    member_id uuid not null,
    device_hash bytea not null,
    push_token text not null check (push_token <> ''),
    registered_at timestamptz not null,
    primary key (member_id, device_hash)
);
comment on table apple_registration is 'A phone or watch that holds a member''s pass and wants to be woken. The device''s identifier is its only proof when it asks what changed, so its SHA-256 is kept, never itself.';

create table apple_device (
    device_hash bytea not null,
    member_id uuid not null,
    primary key (device_hash, member_id)
);
comment on table apple_device is 'A look-up table: whose passes a device holds. One row for each registration.';

create table apple_tag (
    single boolean primary key default true check (single),
    tag bigint not null
);
comment on table apple_tag is 'The last tag that was given out. Whoever stamps holds this row until commit, so tags become visible in their order and no phone that saw one misses an earlier.';
insert into apple_tag (tag) values (0);
