create table spending_rule (
    one boolean primary key default true check (one),
    allowed boolean not null,
    day_limit bigint not null check (day_limit >= 0),
    changed_at timestamptz not null default now()
);
comment on table spending_rule is 'One row for the whole programme: whether anybody may spend now, and how much (minor units of worth) a member may spend in 24 hours without an approval.';
insert into spending_rule (allowed, day_limit) values (true, 50000);

create table spend_lock (
    member_id uuid primary key,
    locked_at timestamptz not null
);
comment on table spend_lock is 'A member who locked spending: a row while it is locked.';

create table rotating_step (
    code_hash bytea not null check (length(code_hash) = 32),
    step bigint not null,
    till_id text not null,
    fact_id text,
    shown_at timestamptz not null,
    primary key (code_hash, step)
);
comment on table rotating_step is 'A rotating code that was shown: at which till, the first and only one, and which sale or hold it let spend, the first and only one. Stands beside card_code.';
create index rotating_step_over on rotating_step (shown_at);

create table rotating_guess (
    code_hash bytea primary key check (length(code_hash) = 32),
    wrong smallint not null,
    since timestamptz not null
);
comment on table rotating_guess is 'How many wrong rotating codes of a card were shown since an instant; five in a quarter of an hour lock them out for the rest of it.';
create index rotating_guess_over on rotating_guess (since);

create table spending_trail (
    member_id uuid not null,
    fact_id text not null,
    at timestamptz not null,
    shop_id text not null,
    till_id text not null,
    worth bigint not null check (worth >= 0),
    covered bigint not null check (covered >= 0),
    holds text[] not null,
    proof text not null check (proof in ('static', 'rotating', 'tap')),
    approved boolean not null,
    primary key (member_id, fact_id)
);
comment on table spending_trail is 'What was let through: a sale or hold that may spend, where, by which proof, its worth in minor units apart from what earlier holds covered.';
create index spending_trail_over on spending_trail (at);

create table approval_owner (
    approval_id uuid primary key,
    member_id uuid not null,
    asked_at timestamptz not null
);
comment on table approval_owner is 'Look-up: whom a till asked for an approval under this id.';
create index approval_owner_over on approval_owner (asked_at);

create table approval (
    member_id uuid not null,
    approval_id uuid not null,
    till_id text not null,
    shop_id text not null,
    worth bigint not null check (worth > 0),
    asked_at timestamptz not null,
    answered_at timestamptz,
    approved boolean,
    fact_id text,
    primary key (member_id, approval_id)
);
comment on table approval is 'A spending that a till asked the member to approve, the answer, and the one sale or hold that used it. Worth in minor units.';
create index approval_over on approval (asked_at);
