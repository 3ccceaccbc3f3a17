create table partner (
    id text primary key check (id ~ '^[a-z][a-z0-9-]{0,39}$'),
    name jsonb not null,
    hue smallint not null check (hue between 0 and 360),
    chroma double precision not null check (chroma between 0 and 0.4),
    created_at timestamptz not null default now()
);
comment on table partner is 'A merchant of the programme: its name by language and its colour (OKLCH hue and chroma).';

create table shop (
    id text primary key check (id ~ '^[a-z][a-z0-9-]{0,39}$'),
    partner_id text not null references partner,
    name text not null,
    zone text not null,
    created_at timestamptz not null default now()
);
comment on table shop is 'A place of a partner where people buy; its zone says when its day begins.';
create index shop_of_partner on shop (partner_id);

create table till (
    id text primary key,
    shop_id text not null references shop,
    name text not null,
    key_hash bytea unique,
    created_at timestamptz not null default now()
);
comment on table till is 'A cash desk. Its key is kept as a digest; without one it may do nothing.';
create index till_of_shop on till (shop_id);

create table operator (
    id uuid primary key,
    name text not null,
    role text not null check (role in ('owner', 'staff')),
    key_hash bytea unique,
    created_at timestamptz not null default now()
);
comment on table operator is 'A person or program that runs the programme from the console; owners also manage partners, tills and operators.';
