create table offline_batch (
    batch_id uuid primary key,
    till_id text collate "C" not null,
    key uuid not null,
    asked bytea not null check (length(asked) = 32),
    language text not null,
    brought_at timestamptz not null,
    total int not null check (total > 0),
    state text not null default 'waiting' check (state in ('waiting', 'parked', 'finished')),
    alarm boolean not null default false,
    unique (till_id, key)
);
comment on table offline_batch is 'What a till did without a network and brought later in one request, known by the till''s Idempotency-Key; asked: SHA-256 of what it brought. Parked: only returns of unknown sales are left. Alarm: something was given up after three days.';
create index offline_batch_brought on offline_batch (brought_at);

create table offline_item (
    batch_id uuid not null references offline_batch on delete cascade,
    number int not null,
    rank smallint not null,
    at timestamptz not null,
    fact_id uuid not null,
    kind text not null check (kind in ('sale', 'return', 'void')),
    body bytea not null,
    outcome text not null default 'waiting' check (outcome in ('waiting', 'parked', 'done', 'replayed', 'refused')),
    answer bytea not null default '',
    primary key (batch_id, number)
);
comment on table offline_item is 'One sale, return or void of a batch, in the place where the till put it, and what became of it: its receipt (done, replayed) or problem (refused, parked) as JSON. The body is dropped once it is settled. Sales (rank 0) are worked through before what brings goods back.';
create index offline_item_open on offline_item (batch_id, rank, at, number) where outcome in ('waiting', 'parked');
