alter table person
    add column born_year smallint check (born_year between 1900 and 2100),
    add column born_year_set_at timestamptz,
    add column traits jsonb not null default '{}';
comment on table person is 'Personal data of a member, apart from card and ledger, so that it can be erased alone. birthday: month * 100 + day, never the year. born_year: said apart from it, by who wants to. The two set_at: when it was last said, kept when it is taken back. traits: what the member or an operator said of household, income and the like, {name: text}.';

create table place (
    member_id uuid primary key,
    at timestamptz not null,
    lat integer not null check (lat between -900000 and 900000),
    lon integer not null check (lon between -1800000 and 1800000)
);
comment on table place is 'Where a member was last who lets it be known, in 1e-4 degrees (eleven metres). Forgotten after a day, and at once when the consent is taken back.';
create index place_over on place (at);
