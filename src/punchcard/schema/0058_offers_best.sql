-- How often offers were used among people alike: from this a member's next best offer is drawn.
create table best_arm (
    offer_id text not null,
    kind text not null check (kind ~ '^([0-9]+:[0-3])?$'),
    day date not null,
    shown bigint not null check (shown >= 0),
    used bigint not null check (used between 0 and shown),
    worth bigint not null check (worth >= 0),
    uses bigint not null check (uses >= used),
    primary key (offer_id, kind, day)
);
comment on table best_arm is 'How many members of a kind (place in the ladder : how often they came in four weeks; empty: of whom nothing may be known) were given an offer at least a day ago, and how many used it; worth: what all their uses gave. It counts from its day (UTC) on, so that the order of offers stays for a day; written whole once a day.';
