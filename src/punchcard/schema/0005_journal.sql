create table standing (
    member_id uuid primary key,
    version bigint not null default 0,
    at timestamptz not null default 'epoch',
    fact_id text collate "C" not null default '',
    facts bigint not null default 0,
    entries bigint not null default 0,
    head bytea not null default '\x',
    ticked_at timestamptz not null default 'epoch',
    next_change_at timestamptz not null,
    rulebook bigint not null default 0,
    state bytea not null,
    habits bytea not null,
    check (ticked_at >= at),
    check (facts >= 0 and entries >= 0)
);
comment on table standing is 'Where a member stands right after the last fact (at, fact_id); version rises with every change. Holding this row is holding the member. ticked_at: how far the worker has posted what time alone did. head: the last link of the chain of facts and entries.';
create index standing_next_change on standing (next_change_at);

create table fact (
    member_id uuid not null,
    id text collate "C" not null check (id <> ''),
    at timestamptz not null,
    seq bigint not null,
    body jsonb not null,
    asked bytea not null check (length(asked) = 32),
    receipt bytea not null,
    after_entry bigint not null,
    hash bytea not null check (length(hash) = 32),
    reasons jsonb not null default '[]',
    told jsonb not null default '[]',
    written_at timestamptz not null default now(),
    primary key (member_id, id)
);
comment on table fact is 'What happened to a member, written once. seq: in which order facts arrived. asked: SHA-256 of what the caller asked, so that a repeat is known. receipt: what the caller was answered, byte for byte. hash: its link in the member''s chain, which follows that of the entry numbered after_entry. reasons and told: why points moved or not, and what others heard of it; a late fact may change those of the facts after it.';
create index fact_in_order on fact (member_id, at, id);

create table fact_owner (
    fact_id text collate "C" primary key,
    member_id uuid not null
);
comment on table fact_owner is 'A look-up table: whose journal holds the fact of this id. No id stands in two journals.';

create table entry (
    member_id uuid not null,
    number bigint not null check (number > 0),
    fact_id text collate "C" not null,
    step text collate "C" not null,
    at timestamptz not null,
    account text not null,
    counter text not null,
    currency text not null,
    lot timestamptz,
    funder text not null,
    term text not null,
    points bigint not null,
    account_balance bigint,
    counter_balance bigint,
    hash bytea not null check (length(hash) = 32),
    written_at timestamptz not null default now(),
    primary key (member_id, number),
    check (account <> counter),
    check (account_balance >= 0 or account = 'owed'),
    check (counter_balance >= 0 or counter = 'owed')
);
comment on table entry is 'The ledger, append-only: account gains the points that counter loses. step: the fact whose fold moved them, empty where time did. lot: when the points expire. The balances: what each of the two holds after it where it is the member''s own (member, pending, owed); a debt is below zero. hash: SHA-256 over the link before it and this entry.';
create index entry_in_order on entry (member_id, at, step);

create table deal (
    member_id uuid not null,
    id text collate "C" not null,
    at timestamptz not null,
    fact_id text collate "C" not null,
    body bytea not null,
    primary key (member_id, id, at, fact_id)
);
comment on table deal is 'A sale or spend with the context that its return will need; one version for each fact (at, fact_id) that changed it. A replay cuts the later versions back.';

create table checkpoint (
    member_id uuid not null,
    facts bigint not null,
    at timestamptz not null,
    fact_id text collate "C" not null,
    state bytea not null,
    habits bytea not null,
    primary key (member_id, facts)
);
comment on table checkpoint is 'The standing right after the n-th fact, never after a tick: where the replay of a late fact begins. Dense near the end, sparse long ago.';

create table profile (
    member_id uuid primary key,
    tier integer not null,
    points bigint not null check (points >= 0),
    visits bigint not null,
    last_visit_at timestamptz,
    home_shop text,
    spend_cents bigint not null,
    changed_at timestamptz not null default now()
);
comment on table profile is 'What segments may ask of a member who has a journal. tier: index in the ladder, 0 is the first; home_shop: where most sales were; spend_cents: net of what came back, in minor units.';
create index profile_last_visit on profile (last_visit_at);
