alter table message drop constraint message_kind_check;
alter table message
    add constraint message_kind_check
        check (kind in ('offer', 'challenge', 'tier', 'approval', 'spent', 'notice', 'reminder')),
    add column channel text not null default '' check (channel in ('', 'push', 'google', 'pass')),
    add column received_at timestamptz,
    add column opened_at timestamptz,
    add column read_at timestamptz;
update message set channel = 'push' where sent_at is not null;
alter table message
    add constraint message_reason_check
        check (reason in ('', 'no-consent', 'topic', 'held-out', 'used', 'limit', 'sold-out', 'paused', 'ended', 'shop-shut',
                          'too-far', 'ends-in-quiet-hours', 'cap', 'day-cap', 'house-cap', 'quiet-hours', 'channel',
                          'no-phone', 'pace', 'send-time', 'provider', 'refused', 'unreachable')),
    add constraint message_reason_given check (state = 'sent' or reason <> ''),
    add constraint message_channel_given check (state <> 'sent' or channel <> '');
comment on table message is 'What a member was told, or would have been, and why not: the memory that tells nothing twice. channel: the way it went. received_at, opened_at: what a phone said of it; read_at: when it was read in the inbox. `waiting` names phones that still have to get it.';
create index message_of_offer on message (subject) where kind = 'offer';
