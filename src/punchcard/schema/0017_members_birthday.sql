alter table person
    alter column birthday type smallint using (extract(month from birthday) * 100 + extract(day from birthday))::smallint,
    add constraint person_birthday_check check (birthday / 100 between 1 and 12 and birthday % 100 between 1 and 31),
    add column birthday_set_at timestamptz;
comment on table person is 'Personal data of a member, apart from card and ledger, so that it can be erased alone. birthday: month * 100 + day, never the year. birthday_set_at: when it was last said, kept when it is taken back.';
