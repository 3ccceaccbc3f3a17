create table google_pace (
    single boolean primary key default true check (single),
    calls_per_second double precision not null check (calls_per_second > 0),
    lowered_at timestamptz not null
);
comment on table google_pace is 'How fast all processes called Google when it last said that this was too fast, halved, and when; from there the rate rises again by the second.';

create table redesign (
    id uuid primary key,
    wallet text not null check (wallet in ('apple', 'google')),
    design_hash bytea not null,
    state text not null check (state in ('running', 'paused', 'finished', 'stopped', 'superseded')),
    total bigint not null check (total >= 0),
    held bigint not null check (held between 0 and total),
    last_member uuid not null default '00000000-0000-0000-0000-000000000000',
    handed bigint not null default 0 check (handed >= 0),
    skipped bigint not null default 0 check (skipped >= 0),
    done bigint not null default 0 check (done >= 0),
    per_second double precision not null default 0 check (per_second >= 0),
    stepped_at timestamptz not null,
    began_at timestamptz not null,
    ended_at timestamptz
);
comment on table redesign is 'A run that brings every card of a wallet up to a changed design: how many cards there are (total) and how many of them somebody held when it began, after which member it goes on, how many were handed to the outbox (those done are out of it again) and how many nobody holds (skipped), and how fast it lately went.';
create unique index redesign_open on redesign (wallet) where state in ('running', 'paused');
create index redesign_latest on redesign (wallet, began_at);

create table redesign_look (
    single boolean primary key default true check (single),
    design_hash bytea not null,
    seen_at timestamptz not null
);
comment on table redesign_look is 'How the designs folder looked a minute ago: a change counts when it looks the same twice, so that nobody walks for a folder that is being copied.';
