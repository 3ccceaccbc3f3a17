create table guest_basket (
    id uuid primary key,
    partner_id text collate "C" not null,
    shop_id text collate "C" not null,
    till_id text collate "C" not null,
    day date not null,
    number text collate "C" not null check (number <> ''),
    total bigint not null check (total >= 0),
    cashier text collate "C" not null,
    at timestamptz not null,
    body bytea not null,
    asked bytea not null,
    answer bytea not null,
    claim_id uuid,
    claimed_by uuid,
    claimed_at timestamptz,
    void_asked bytea,
    void_answer bytea,
    voided_at timestamptz,
    check ((claimed_by is null) = (claimed_at is null)),
    check ((voided_at is null) = (void_answer is null))
);
create index guest_basket_printed on guest_basket (shop_id, day, number);
create index guest_basket_claim on guest_basket (claim_id) where claim_id is not null;
create index guest_basket_claimed on guest_basket (claimed_at) where claimed_at is not null;
comment on table guest_basket is 'A basket that was sold without a card: what the till asked (JSON) and was answered, found again by what is printed on the receipt; who claimed it, under which id and when; and that a till made it void. total is net, in minor units.';
