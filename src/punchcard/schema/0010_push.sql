create table phone (
    member_id uuid not null,
    installation text not null check (length(installation) between 1 and 64),
    address_kind text not null check (address_kind in ('fid', 'token')),
    address text not null,
    platform text not null check (platform in ('ios', 'android', 'web')),
    language text not null,
    zone text not null,
    seen_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (member_id, installation)
);
comment on table phone is 'An installation of the app that a member is signed in on, and the address at which Firebase reaches it.';

create table push_address (
    address_hash bytea primary key,
    member_id uuid not null,
    installation text not null
);
comment on table push_address is 'Whose phone an address is, by its SHA-256: a phone that changes hands leaves its former member.';

create table message (
    member_id uuid not null,
    id text not null,
    kind text not null check (kind in ('offer', 'challenge', 'tier')),
    subject text not null,
    title text not null,
    body text not null,
    decided_at timestamptz not null,
    state text not null check (state in ('sent', 'held', 'dropped', 'inbox', 'failed')),
    reason text not null default '',
    until timestamptz,
    ends_at timestamptz,
    sent_at timestamptz,
    waiting text[] not null default '{}',
    created_at timestamptz not null default now(),
    primary key (member_id, id),
    check (state <> 'sent' or sent_at is not null),
    check (sent_at is null or ends_at is null or sent_at < ends_at)
);
comment on table message is 'What a member was told, or would have been, and why not: the memory that tells nothing twice. `waiting` names phones that still have to get it.';
create index message_sent on message (member_id, sent_at) where sent_at is not null;
