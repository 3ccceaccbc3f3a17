-- What an offer really brought: those who have it beside those who are held out, from each one's exposure on.
create table lift_offer (
    offer_id text primary key,
    through uuid,
    measured_at timestamptz,
    stopped_at timestamptz,
    because jsonb,
    check ((stopped_at is null) = (because is null))
);
comment on table lift_offer is 'An offer that is measured. through: how far the round that runs now has come; measured_at: when the last whole round ended; because: on what grounds the offer stopped itself.';

create table lift_member (
    member_id uuid not null,
    offer_id text not null,
    facts bigint not null,
    used bigint not null,
    worth bigint not null,
    days date[] not null default '{}',
    visits bigint[] not null default '{}',
    spend_cents bigint[] not null default '{}',
    cost_cents bigint[] not null default '{}',
    uses bigint[] not null default '{}',
    primary key (member_id, offer_id),
    check (cardinality(days) = cardinality(visits) and cardinality(days) = cardinality(spend_cents)),
    check (cardinality(days) = cardinality(cost_cents) and cardinality(days) = cardinality(uses))
);
comment on table lift_member is 'What of a member stands in the sums of an offer: what each local day since the exposure came to, net of what came back, counted when the journal had so many facts, of which so many used the offer for so much. A later fact, late or a return, has it counted anew.';

create table lift_day (
    offer_id text not null,
    held_out boolean not null,
    day date not null,
    members bigint not null default 0,
    users bigint not null default 0,
    uses bigint not null default 0,
    cost_cents bigint not null default 0,
    visits bigint not null default 0,
    visits_squares numeric not null default 0,
    spend_cents bigint not null default 0,
    spend_squares numeric not null default 0,
    margin_hundredths numeric not null default 0,
    margin_squares numeric not null default 0,
    primary key (offer_id, held_out, day)
);
comment on table lift_day is 'What a local day adds for an offer and arm. members: who came in; visits, spend and margin (hundredths of a minor unit): the sums; squares: by how much the sum of the squares of each member''s total so far grew, so that adding up days gives mean and variance of totals at the end of any day.';
