create table gift_key (
    key uuid primary key,
    member_id uuid not null,
    code_hash bytea not null check (length(code_hash) = 32),
    asked_at timestamptz not null
);
comment on table gift_key is 'The Idempotency-Key under which a member redeems a gift card: another card, or another member, under the same key is refused. A key whose request was refused is not kept.';

create table gift_batch (
    batch uuid primary key,
    asked bytea not null check (length(asked) = 32),
    issued_at timestamptz not null
);
comment on table gift_batch is 'A batch of gift cards that was issued, and SHA-256 of what was asked and by whom: the same again is answered the same codes, which follow from the settings'' secret and are kept nowhere.';
