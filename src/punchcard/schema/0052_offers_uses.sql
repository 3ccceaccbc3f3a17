create table offer_use (
    member_id uuid not null,
    offer_id text not null,
    fact_id text collate "C" not null,
    at timestamptz not null,
    worth bigint not null check (worth >= 0),
    noted_at timestamptz not null default now(),
    primary key (member_id, offer_id, fact_id)
);
comment on table offer_use is 'Which sale, claim or gift used which offer, as the journal reports it: there while the use stands, gone when it came back.';
comment on column offer_use.worth is 'What it gave: points, or minor units where the offer lowers the price; 0 of a reward.';
create index offer_use_offer on offer_use (offer_id, at);
