create table reminder_walk (
    id boolean primary key default true check (id),
    day date not null,
    through uuid,
    rests boolean not null default false
);
comment on table reminder_walk is 'How far the walk past everybody has come that reminds members of points which end soon: once a day, by UTC. rests: the last member of the day was seen.';
