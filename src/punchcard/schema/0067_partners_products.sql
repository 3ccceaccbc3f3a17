create table product (
    partner_id text not null references partner (id),
    position integer not null check (position >= 0),
    sku text not null,
    name jsonb not null,
    category text not null,
    brand text not null default '',
    amount bigint not null check (amount >= 0),
    art text not null default '',
    primary key (partner_id, position),
    unique (partner_id, sku)
);
comment on table product is 'What a partner sells most, in the order of its tills'' buttons: name by language, amount in minor units a piece, art the picture. A till sells anything else, too.';
