create table offer_flash (
    id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{1,31}$'),
    version integer not null check (version > 0),
    body jsonb not null,
    author uuid not null,
    saved_at timestamptz not null,
    approver uuid,
    approved_at timestamptz,
    check ((approver is null) = (approved_at is null)),
    check (approver <> author)
);
comment on table offer_flash is 'An offer that waits for its occasion: fired, it is published at once with its own end, units and place.';

create table offer_firing (
    flash_id text not null,
    key uuid not null,
    place integer not null check (place > 0),
    offer_id text not null unique,
    event text,
    body jsonb not null,
    fired_by text not null,
    fired_at timestamptz not null,
    primary key (flash_id, key),
    unique (flash_id, place),
    unique (flash_id, event)
);
comment on table offer_firing is 'When a flash offer was fired, by whom (operator or till) and as which offer. An event of elsewhere fires once, under whatever key it is told again.';
