create table webhook_endpoint (
    id uuid primary key,
    url text not null,
    partner text,
    kinds text[] not null,
    description text not null,
    state text not null default 'on' check (state in ('on', 'gone', 'failing', 'ended')),
    key_id text not null,
    counter bigint not null default 1 check (counter > 0),
    former_key_id text,
    former_until timestamptz,
    failing_since timestamptz,
    trouble text not null default '',
    made_at timestamptz not null default now()
);
comment on table webhook_endpoint is 'Where a merchant''s system hears of members. kinds: which facts, empty is all; partner: only those of its shops. state: gone (it answered 410), failing (nothing accepted for three days), ended (taken away; the row stays so that no id and no secret comes back). key_id and counter: what the secret is derived from, and the former one until former_until. made_at: what was written before is not told unless asked for.';

create table webhook_cursor (
    member_id uuid not null,
    endpoint_id uuid not null,
    seq bigint not null,
    again_after bigint,
    again_until bigint,
    tries smallint not null default 0,
    first_tried_at timestamptz,
    due_at timestamptz,
    primary key (member_id, endpoint_id),
    check ((again_after is null) = (again_until is null)),
    check (again_until is null or again_after < again_until and again_until <= seq)
);
comment on table webhook_cursor is 'How far an endpoint has heard of a member: every fact up to seq was accepted, laid aside or not wanted. again_after and again_until: what is sent again before that goes on. tries, first_tried_at, due_at: of the message that is next.';
create index webhook_cursor_of on webhook_cursor (endpoint_id);

create table webhook_dead (
    member_id uuid not null,
    endpoint_id uuid not null,
    seq bigint not null,
    type text not null,
    error text not null,
    tries smallint not null,
    first_tried_at timestamptz not null,
    died_at timestamptz not null,
    primary key (member_id, endpoint_id, seq)
);
comment on table webhook_dead is 'Messages that were refused for three days and laid aside, so that the member''s later ones go on; sent again, an acceptance takes the row away.';
create index webhook_dead_of on webhook_dead (endpoint_id, died_at);

create index fact_written on fact using brin (written_at) with (autosummarize = on);
