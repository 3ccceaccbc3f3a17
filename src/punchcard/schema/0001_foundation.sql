create table outbox (
    member_id uuid not null,
    reaction text not null,
    key text not null default '',
    bucket smallint not null check (bucket between 0 and 63),
    version bigint not null default 1,
    due_at timestamptz not null,
    attempts smallint not null default 0,
    payload jsonb,
    error text,
    created_at timestamptz not null default now(),
    primary key (member_id, reaction, key)
);
comment on table outbox is 'What must still follow for a member: a level to bring about (key empty, many changes are one row) or an edge to tell once (key names it).';
create index outbox_due on outbox (bucket, due_at);

create table outbox_dead (
    member_id uuid not null,
    reaction text not null,
    key text not null,
    payload jsonb,
    error text not null,
    attempts smallint not null,
    died_at timestamptz not null default now(),
    primary key (member_id, reaction, key)
);
comment on table outbox_dead is 'Reactions that failed for good, with their last error; an operator sees and repeats them.';

create table bucket_lease (
    bucket smallint primary key check (bucket between 0 and 63),
    owner uuid,
    until timestamptz not null default '-infinity'
);
comment on table bucket_lease is 'Which worker owns which of the 64 shares of members, by the clock of the database.';
insert into bucket_lease (bucket) select generate_series(0, 63);

create table worker (
    id uuid primary key,
    seen_until timestamptz not null
);
comment on table worker is 'Which worker processes are alive, so that each takes its fair share of buckets.';

create table rate_limit (
    key text primary key,
    tokens double precision not null,
    refilled_at timestamptz not null default clock_timestamp()
);
comment on table rate_limit is 'Token buckets shared by all processes: sends a contact, calls to Google, tries a key.';

create table schedule (
    name text primary key,
    next_at timestamptz not null default '-infinity'
);
comment on table schedule is 'When each recurring piece of work is next due; claimed by one update.';
