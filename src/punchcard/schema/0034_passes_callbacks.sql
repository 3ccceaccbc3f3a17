create table google_callback (
    nonce_hash bytea primary key,
    until timestamptz not null
);
comment on table google_callback is 'A look-up table: which of Google''s callbacks were heard, by the SHA-256 of their nonce, so that one that comes again does nothing; forgotten when the message itself has expired.';
create index google_callback_until on google_callback (until);

alter table google_object
    add column told_until timestamptz not null default '-infinity',
    add column looked_at timestamptz not null default '-infinity';
comment on column google_object.told_until is 'When the newest callback about it expires: an older one that comes later says nothing new.';
comment on column google_object.looked_at is 'When we last saw at Google itself who holds it and what it says.';
create index google_object_looked on google_object (looked_at);
