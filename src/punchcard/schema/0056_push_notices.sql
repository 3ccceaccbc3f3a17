create table notice (
    id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{1,47}$'),
    title jsonb not null,
    body jsonb not null,
    since timestamptz not null,
    until timestamptz not null check (until > since),
    row uuid not null unique,
    published_by uuid not null,
    sent jsonb not null default '{}'
);
comment on table notice is 'What everybody with the app is told, in four languages: one message to a topic a language, and in every inbox while its window lasts, without a row a member. row: under which its sending stands in the outbox. sent: {language: UTC seconds}.';
create index notice_until on notice (until);
