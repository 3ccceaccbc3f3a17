create table google_class (
    id text primary key,
    body_hash bytea not null,
    written_at timestamptz not null
);
comment on table google_class is 'Which loyalty classes Google holds (one a tier), and the hash of what we last wrote, so that only a changed design is written again.';

create table google_object (
    member_id uuid primary key,
    object_id text not null,
    class_id text not null,
    sent jsonb not null default '{}',
    sent_version bigint not null default 1,
    held boolean not null default false,
    notified_at timestamptz[] not null default '{}',
    sent_at timestamptz not null
);
comment on table google_object is 'A member''s card at Google: the object as Google last took it from us ({}: unknown, send everything), whether anybody held it then, and when it last notified.';
