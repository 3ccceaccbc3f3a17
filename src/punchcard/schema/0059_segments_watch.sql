create table segment (
    id text primary key,
    who jsonb not null,
    name jsonb not null,
    is_watched boolean not null,
    changed_at timestamptz not null
);
comment on table segment is 'A named group of members that an operator made: one expression (who), its name in the languages, and whether it is watched: then entering and leaving it are news.';

create table segment_member (
    member_id uuid not null,
    segment_id text not null,
    since timestamptz not null,
    primary key (member_id, segment_id)
);
comment on table segment_member is 'Who is in a watched segment, of the rulebook or an operator''s: what entering and leaving are told from.';

create table segment_walk (
    id text primary key,
    about bytea not null,
    through uuid,
    begun_at timestamptz not null,
    rests boolean not null default false,
    is_known boolean not null default false
);
comment on table segment_walk is 'How far a walk past everybody has come: of a watched segment, by its id, for those whom time alone moved; of the empty id, for those who have no portrait. about: SHA-256 of the expression it is walked by. rests: the last member was seen. is_known: somebody walked it to the end once, so that who is in it from now on has entered it.';
