create table connector (
    id text primary key check (id ~ '^[a-z][a-z0-9-]{0,39}$'),
    till_id text not null references till,
    mapping jsonb not null,
    enabled boolean not null,
    secret_id uuid,
    previous_secret_id uuid,
    previous_until timestamptz not null default 'epoch',
    changed_at timestamptz not null
);
comment on table connector is 'Somebody else''s point of sale that posts its sales to us: the till that it stands for, where in its JSON each field of ours stands, and which secrets it signs with. The secrets themselves are derived from these ids and stand nowhere.';
