create table till_receipt (
    shop_id text collate "C" not null,
    till_id text collate "C" not null,
    day date not null,
    number text collate "C" not null check (number <> ''),
    fact_id text collate "C" not null,
    member_id uuid,
    kind text not null check (kind in ('sale', 'return', 'guest')),
    cashier text collate "C" not null,
    amount bigint not null,
    earned bigint not null,
    spent bigint not null,
    at timestamptz not null,
    primary key (shop_id, till_id, day, number)
);
comment on table till_receipt is 'A look-up table: which fact a printed receipt is (shop, till, local day, number), unique for ever, and what it came to as it was written: net amount in minor units, points earned and spent. A basket without a card has no member until it is claimed.';

alter table rulebook_version add column listened boolean not null default false;
comment on column rulebook_version.listened is 'Whether anybody outside listens to what happens to members (webhooks), so that facts leave a row in the outbox.';
