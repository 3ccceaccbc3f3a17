alter table message drop constraint message_kind_check;
alter table message add constraint message_kind_check
    check (kind in ('offer', 'challenge', 'tier', 'approval', 'spent'));
