alter table apple_pass
    add column subject text not null default '',
    add column voided_at timestamptz,
    drop constraint apple_pass_pkey,
    add primary key (member_id, serial);
create unique index apple_pass_current on apple_pass (member_id, subject) where voided_at is null;
alter table apple_pass set (fillfactor = 80);
comment on table apple_pass is 'A member''s pass in Apple Wallet, since it was first asked for: of the card (subject empty) or of a ticket (claim:<id>); one of each subject counts, those before it are void. tag grows with every change, is what phones compare, and is the version that every phone should show; last_modified is at least a second later with each, because HTTP dates have no smaller step; given_modified is that of the newest copy downloaded by link.';

alter table apple_registration
    add column serial uuid,
    add column pushed_tag bigint,
    add column pushed_at timestamptz,
    add column push_outcome text not null default '',
    add column listed_tag bigint,
    add column listed_at timestamptz,
    add column seen_tag bigint,
    add column seen_at timestamptz,
    add column stale_since timestamptz,
    add column stale_clock timestamptz,
    add column repairs smallint not null default 0 check (repairs >= 0),
    add column repaired_at timestamptz,
    drop constraint apple_registration_pkey;
update apple_registration set serial = (select serial from apple_pass where apple_pass.member_id = apple_registration.member_id);
alter table apple_registration add primary key (member_id, serial, device_hash);
create index apple_registration_behind on apple_registration (stale_since) where stale_since is not null;
alter table apple_registration set (fillfactor = 80);
comment on table apple_registration is 'A phone or watch that holds a member''s pass and wants to be woken, and how far it came: pushed_tag is the version for which APNs took a push, listed_tag the one it was told of when it asked, seen_tag the one it fetched or proved to have. stale_since tells since when it shows something older than the pass is (null: it is up to date), stale_clock the same by the database''s own clock. The device''s identifier is its only proof when it asks what changed, so its SHA-256 is kept, never itself.';

alter table apple_device add column serial uuid;
update apple_device set serial = (select serial from apple_pass where apple_pass.member_id = apple_device.member_id);
alter table apple_device drop constraint apple_device_pkey, add primary key (device_hash, member_id, serial);
comment on table apple_device is 'A look-up table: whose passes a device holds. One row for each registration.';

create table apple_print (
    member_id uuid not null,
    serial uuid not null,
    tag bigint not null,
    printed_at timestamptz not null,
    shown jsonb not null,
    primary key (member_id, serial, tag)
);
comment on table apple_print is 'What a version of a pass said (points, tier, offer), for support: kept while a device may still show it.';
