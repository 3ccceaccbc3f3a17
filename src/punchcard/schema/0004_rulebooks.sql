create table rulebook_version (
    only_one boolean primary key default true check (only_one),
    version bigint not null
);
comment on table rulebook_version is 'Changes whenever anything is published, so that processes know when to compile anew; never the same value twice.';
insert into rulebook_version (version) values (0);

create table rulebook_edition (
    number integer primary key check (number > 0),
    since timestamptz not null,
    source text not null,
    body jsonb not null,
    created_at timestamptz not null default now()
);
comment on table rulebook_edition is 'A published file: from when it holds, its text, and what it says as a whole (ladder, coins, grace). Never changed.';

create table rulebook_promise (
    kind text not null check (kind in ('term', 'challenge', 'reward')),
    id text not null,
    edition integer not null check (edition >= 0),
    place integer not null,
    since timestamptz not null,
    closed_at timestamptz,
    body jsonb not null,
    created_at timestamptz not null default now(),
    primary key (kind, id, edition)
);
comment on table rulebook_promise is 'A term, challenge or reward as it was published; edition 0 came alone (an offer). Only closed_at is ever written later, once, and never in the past.';
