create table staff_cashier (
    partner_id text collate "C" not null,
    cashier text collate "C" not null check (cashier <> ''),
    name text not null,
    holder uuid,
    since timestamptz not null,
    primary key (partner_id, cashier)
);
comment on table staff_cashier is 'Who stands at a partner''s tills, by the word that the tills name them with. holder: whose loyalty card is this employee''s own. A partner without rows takes any name.';

create table staff_refusal (
    member_id uuid not null,
    shop_id text collate "C" not null,
    till_id text collate "C" not null,
    cashier text collate "C" not null,
    day date not null,
    why text not null check (why in ('own-card', 'unknown')),
    times integer not null default 1 check (times > 0),
    last_at timestamptz not null,
    primary key (member_id, day, shop_id, till_id, cashier, why)
);
comment on table staff_refusal is 'A sale that a cashier may not ring up: the card is the cashier''s own, or nobody knows the cashier. day: the shop''s; times: tries that were at least five minutes apart.';
create index staff_refusal_of_day on staff_refusal (day);

create table staff_adjustment (
    id uuid primary key,
    member_id uuid not null,
    points bigint not null check (points <> 0),
    currency text not null,
    reason text not null check (reason in ('goodwill', 'missing-receipt', 'correction', 'fraud', 'other')),
    note text not null check (length(note) >= 10),
    asked bytea not null,
    author uuid not null,
    asked_at timestamptz not null,
    alone boolean not null,
    state text not null check (state in ('waiting', 'approved', 'written', 'rejected', 'lapsed')),
    decider uuid check (decider <> author),
    decided_at timestamptz,
    check (alone or (decider is null) = (state in ('waiting', 'lapsed'))),
    check (not alone or (decider is null and state in ('approved', 'written')))
);
comment on table staff_adjustment is 'The operators'' register of points given or taken by hand, found by the id under which the fact stands in the journal. alone: one person was enough. approved: it may be written, and is about to be; lapsed: nobody decided in a week.';
create index staff_adjustment_by_author on staff_adjustment (author, asked_at);
create index staff_adjustment_open on staff_adjustment (asked_at) where state in ('waiting', 'approved');

create table staff_report (
    day date primary key,
    made_at timestamptz not null,
    findings jsonb not null
);
comment on table staff_report is 'What looked odd on a day, as the last night that looked at it found it.';
