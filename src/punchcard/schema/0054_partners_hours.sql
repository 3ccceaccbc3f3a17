create table shop_hours (
    shop_id text primary key references shop (id),
    week jsonb not null,
    closed text[] not null default '{}',
    check (jsonb_array_length(week) = 7)
);
comment on table shop_hours is 'When a shop is open, by its own clock: for each day from Monday on its windows in minutes of the day (an end above 1440 is on the next day), and the dates on which it stays shut. A shop without a row never said.';
