create table fact_redacted (
    member_id uuid not null,
    fact_id text collate "C" not null,
    digest bytea not null check (length(digest) = 32),
    at timestamptz not null,
    primary key (member_id, fact_id)
);
comment on table fact_redacted is 'A fact whose free text (an operator''s note, what an activity said of itself) was struck out when its member left. Its link in the chain is still that of the words as they were; digest: SHA-256 of what is left, so that nothing else of it changes unseen.';
