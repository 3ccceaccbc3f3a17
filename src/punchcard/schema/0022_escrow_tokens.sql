create table spend_token (
    member_id uuid primary key,
    token_id uuid not null,
    until timestamptz not null
);
comment on table spend_token is 'The spend token that a member made last, and until when a till may take it: before that there is no other. The points themselves are a hold in the member''s journal under the token''s id.';
