alter table google_object add column linked_at timestamptz not null default '-infinity';
comment on column google_object.linked_at is 'When a link that saves it was last given out: soon after, somebody may hold it before we hear so.';

create table google_offer (
    offer_id text primary key,
    state text not null check (state in ('active', 'expired', 'refused')),
    written_at timestamptz not null
);
comment on table google_offer is 'Which offers stand at Google as one object that every card may link: made once for the whole programme, expired once. One that Google refused is linked to no card.';

create table google_message (
    member_id uuid not null,
    message_id text not null,
    body jsonb not null,
    notified boolean not null,
    told_at timestamptz not null,
    ends_at timestamptz not null,
    primary key (member_id, message_id)
);
comment on table google_message is 'What a member''s card at Google said beside its fields, and whether the phone rang for it: under our own id, so that nothing is said twice; shown until it ends.';
