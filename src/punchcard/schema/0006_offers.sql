create table offer (
    id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{1,47}$'),
    partner_id text not null,
    name jsonb not null,
    short jsonb not null default '{}',
    text jsonb not null,
    art text not null,
    since timestamptz not null,
    until timestamptz not null,
    audience jsonb not null,
    benefit jsonb not null,
    goods jsonb not null,
    channels text[] not null,
    hold_out smallint not null check (hold_out between 0 and 50),
    published_at timestamptz not null,
    check (since < until)
);
comment on table offer is 'A published offer: its window, its audience and what it gives. Never changed; its term in the rulebook bears the same id.';
create index offer_window on offer (until, since);

create table offer_round (
    offer_id text primary key,
    reached_through uuid,
    opened_at timestamptz,
    stopped_at timestamptz,
    parted_through uuid,
    closed_at timestamptz
);
comment on table offer_round is 'How far telling the audience has come, when an offer opens and when it ends: up to which member, so that a killed worker loses nothing.';

create table exposure (
    member_id uuid not null,
    offer_id text not null,
    held_out boolean not null,
    opened_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (member_id, offer_id)
);
comment on table exposure is 'Who was in the audience of an offer, and since when; whoever is held out gets neither word nor benefit, so that the others can be compared.';
create index exposure_offer on exposure (offer_id, member_id);
