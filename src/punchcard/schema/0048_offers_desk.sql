-- What an offer asks of a sale and of a member, what it may cost, when it is told; and its life before it is published.
alter table offer
    add column topic text not null default 'offers',
    add column conditions jsonb not null default '{}',
    add column limits jsonb not null default '{}',
    add column budget jsonb not null default '{}',
    add column stacking text not null default '',
    add column priority integer not null default 0,
    add column activation boolean not null default false,
    add column trigger jsonb,
    add column send text not null default 'now' check (send in ('now', 'likely-hour')),
    add column pace_an_hour integer not null default 0 check (pace_an_hour >= 0),
    add column pictures jsonb not null default '{}',
    add column margin_percent smallint not null default 0 check (margin_percent between 0 and 100),
    add column stop_when text[] not null default '{}';

alter table offer_round
    add column paused_at timestamptz,
    add column sold_out_at timestamptz,
    add column turn text check (turn in ('paused', 'resumed', 'sold-out', 'open-again')),
    add column turned_through uuid;
comment on column offer_round.turn is 'What its audience is being told of it; empty when everybody is told, up to turned_through when not.';

create view offer_sold_out as
    select offer.id as offer_id from offer
     where offer.budget <> '{}'
       and (exists (select from budget b
                     where b.term in (offer.id, offer.id || '/cents', offer.id || '/units') and b.taken >= b.ceiling)
         or (offer.budget ? 'shop_units'
             and not exists (select from jsonb_object_keys(offer.budget -> 'shop_units') as stocked (shop)
                              where not exists (select from budget b
                                                 where b.term = offer.id || '/units/' || stocked.shop
                                                   and b.taken >= b.ceiling))));
comment on view offer_sold_out is 'The offers of which nothing is left at this moment, whoever was told.';

alter table exposure
    add column until timestamptz,
    add column activated_at timestamptz;
comment on column exposure.until is 'The end of the member''s own window, where it is before the offer''s.';
comment on column exposure.activated_at is 'When the member took it with one tap, where that is asked.';

create table offer_draft (
    offer_id text not null check (offer_id ~ '^[a-z0-9][a-z0-9-]{1,47}$'),
    version integer not null check (version > 0),
    body jsonb not null,
    author uuid not null,
    saved_at timestamptz not null,
    approver uuid,
    approved_at timestamptz,
    primary key (offer_id, version),
    check ((approver is null) = (approved_at is null)),
    check (approver <> author)
);
comment on table offer_draft is 'A version of an offer that is being written: who saved it, and which second operator approved exactly this one.';

create table offer_act (
    offer_id text not null,
    place bigint generated always as identity,
    did text not null check (did in ('saved', 'asked', 'approved', 'published', 'paused', 'resumed', 'stopped', 'sold-out', 'open-again')),
    operator uuid,
    version integer,
    at timestamptz not null,
    primary key (offer_id, place)
);
comment on table offer_act is 'Who did what with an offer, and when; without an operator it was the house.';
