create table google_reward (
    class_id text primary key,
    written_at timestamptz not null
);
comment on table google_reward is 'Which rewards stand at Google as a class of offers, made by the first claim of each under its name.';

create table google_claim (
    member_id uuid not null,
    claim text not null,
    state text not null check (state in ('active', 'used', 'ended', 'refused')),
    written_at timestamptz not null,
    primary key (member_id, claim)
);
comment on table google_claim is 'A member''s claimed reward as an offer of their own at Google, linked by their card while it can be used, and what Google heard of it last. One that Google refused is linked to no card.';
