create table portrait (
    member_id uuid primary key,
    joined_at timestamptz not null,
    last_visit_at timestamptz,
    place_at timestamptz,
    points bigint not null default 0,
    visits bigint not null default 0,
    spend_cents bigint not null default 0,
    seq bigint not null default 0 check (seq >= 0),
    version bigint not null default 1,
    place_lat integer,
    place_lon integer,
    tier smallint not null default 0,
    consents smallint not null default 0 check (consents between 0 and 7),
    born_year smallint,
    language text not null,
    zone text not null,
    home_shop text,
    channels text[] not null default '{}',
    hours smallint[] not null default '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}' check (cardinality(hours) = 24),
    recent_at bigint[] not null default '{}' check (cardinality(recent_at) <= 32),
    recent_cents bigint[] not null default '{}' check (cardinality(recent_cents) = cardinality(recent_at)),
    expiring_at bigint[] not null default '{}' check (cardinality(expiring_at) <= 12),
    expiring_points bigint[] not null default '{}' check (cardinality(expiring_points) = cardinality(expiring_at)),
    traits jsonb not null default '{}',
    balances jsonb not null default '{}',
    categories jsonb not null default '{}',
    brands jsonb not null default '{}',
    challenges jsonb not null default '{}',
    offers jsonb not null default '{}',
    scores jsonb not null default '{}',
    check ((place_at is null) = (place_lat is null) and (place_at is null) = (place_lon is null))
);
-- A row changes after every sale and has no other index: it finds room on its own page (a heap-only update).
alter table portrait set (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
comment on table portrait is 'All that a condition of a segment may ask of an active member, one row each, so that mass evaluation reads this table alone; made from member, profile, standing and the facts, and made again from them when it is lost, but for offers and scores.';
comment on column portrait.seq is 'How many of the member''s facts are counted in, in order of arrival.';
comment on column portrait.version is 'Rises with every change.';
comment on column portrait.place_lat is 'The last place in 1e-4 degrees, where the member lets it be known; kept for a day.';
comment on column portrait.tier is 'Index in the ladder, 0 is the first.';
comment on column portrait.consents is 'Bits: 1 marketing, 2 personalisation, 4 location.';
comment on column portrait.channels is 'How was bought: shop, web, app, phone; in the order of the alphabet, at most eight.';
comment on column portrait.hours is 'Visits by hour of the local day.';
comment on column portrait.recent_at is 'The newest visits, newest first, in UTC seconds; recent_cents: what each came to in minor units, less what came back.';
comment on column portrait.expiring_at is 'When points of the main currency expire, in UTC seconds, soonest first, an entry an instant; expiring_points: how many.';
comment on column portrait.traits is 'What the member or an operator said: {name: text}.';
comment on column portrait.balances is 'What can be spent of each currency: {currency: points}.';
comment on column portrait.categories is '{name: [last bought in UTC seconds, minor units less what came back, sales]}, the 48 bought last; brands likewise.';
comment on column portrait.challenges is 'How far each running challenge is: {id: percent}; 100 is completed.';
comment on column portrait.offers is 'The furthest that the member went with an offer: {id: "opened", "activated" or "used"}.';
comment on column portrait.scores is 'What models predict: {name: number}.';
