create table member (
    member_id uuid primary key,
    state text not null default 'active' check (state in ('active', 'frozen', 'erased')),
    language text not null check (language in ('en', 'he', 'ar', 'ru')),
    zone text not null,
    card_code text not null,
    consents jsonb not null default '{}',
    quiet_from smallint not null default 1320 check (quiet_from between 0 and 1439),
    quiet_until smallint not null default 480 check (quiet_until between 0 and 1439),
    messages_a_week smallint not null default 3 check (messages_a_week between 0 and 50),
    joined_at timestamptz not null
);
comment on table member is 'Who is in the programme, without personal data: language, zone, the code on the card, consents by purpose, quiet hours in minutes of the local day.';

create table person (
    member_id uuid primary key,
    name text not null default '',
    birthday date,
    email text,
    phone text
);
comment on table person is 'Personal data of a member, apart from card and ledger, so that it can be erased alone.';

create table contact (
    contact_hash bytea primary key,
    member_id uuid not null
);
comment on table contact is 'Look-up: which member an e-mail address or phone number (SHA-256 of its normal form) belongs to.';
create index contact_of_member on contact (member_id);

create table card_code (
    code_hash bytea primary key,
    member_id uuid not null,
    state text not null default 'active' check (state in ('active', 'replaced'))
);
comment on table card_code is 'Look-up: whose card a scanned code (kept as SHA-256) is, and whether it still counts.';
create index card_code_of_member on card_code (member_id);

create table session (
    member_id uuid not null,
    family uuid not null,
    generation integer not null,
    token_hash bytea not null,
    previous_hash bytea,
    device text not null default '',
    rotated_at timestamptz not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (member_id, family)
);
comment on table session is 'A sign-in on one device: the newest refresh token of its family and the one before, as digests. Deleting the row signs it out.';

create table one_time_code (
    contact_hash bytea primary key,
    signed_by text not null,
    nonce bytea not null,
    tries smallint not null default 0,
    expires_at timestamptz not null
);
comment on table one_time_code is 'The one code that is open for a contact. The code itself is nowhere: it is the signature over contact and nonce.';
create index one_time_code_over on one_time_code (expires_at);
