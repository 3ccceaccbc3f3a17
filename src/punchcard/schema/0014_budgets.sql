create table budget (
    term text not null,
    until timestamptz not null,
    ceiling bigint not null check (ceiling >= 0),
    taken bigint not null default 0 check (taken >= 0),
    primary key (term, until)
);
comment on table budget is 'What a term (or the stock of a reward) has left for all members together, in the period that ends at until. taken: what is reserved or used of the ceiling; it passes the ceiling only where a replay takes again what it had set free meanwhile.';

create table budget_grant (
    fact_id text collate "C" not null,
    term text not null,
    until timestamptz not null,
    granted bigint not null check (granted >= 0),
    level bigint check (level >= 0),
    reserved_at timestamptz not null,
    primary key (fact_id, term)
);
comment on table budget_grant is 'What was reserved of a budget for a fact, and how much of it the journal uses (level; empty: not reported yet). Where no fact follows, the reservation is swept.';
create index budget_grant_unreported on budget_grant (reserved_at) where level is null;
