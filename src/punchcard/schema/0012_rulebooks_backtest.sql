create table rulebook_backtest (
    id uuid primary key,
    digest bytea not null check (length(digest) = 32),
    at timestamptz not null,
    beside integer not null check (beside >= 0),
    since timestamptz not null,
    until timestamptz not null,
    members bigint not null check (members >= 0),
    facts bigint not null check (facts >= 0),
    sampled boolean not null,
    summary jsonb not null,
    created_at timestamptz not null default now()
);
comment on table rulebook_backtest is 'What a file would have cost and given: history folded under it and under edition `beside` (0: nothing was published). digest: SHA-256 of the file''s bytes. since and until: what counted. sampled: only some members were looked at.';
create index rulebook_backtest_of_file on rulebook_backtest (digest, at);

create table rulebook_acceptance (
    edition integer primary key references rulebook_edition,
    operator_id uuid not null,
    operator text not null,
    backtest_id uuid not null references rulebook_backtest,
    at timestamptz not null,
    created_at timestamptz not null default now()
);
comment on table rulebook_acceptance is 'Who let an edition be published on the strength of which back-test. The name is kept as it was then.';
