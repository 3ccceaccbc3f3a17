create table gift_card (
    code_hash bytea primary key check (length(code_hash) = 32),
    batch uuid not null,
    amount bigint not null check (amount > 0),
    currency text not null,
    until timestamptz,
    issued_at timestamptz not null
);
comment on table gift_card is 'A gift card that was issued: SHA-256 of its code, which is shown once, and what it is worth. It is used up when the fact named after it stands in somebody''s journal; until: it can be redeemed before.';
create index gift_card_batch on gift_card (batch);
