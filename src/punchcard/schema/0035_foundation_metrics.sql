create table metric (
    name text not null,
    labels jsonb not null,
    part text not null,
    amount double precision not null,
    primary key (name, labels, part)
);
comment on table metric is
    'What all processes have counted: a counter is one row (part empty), a histogram one for each bound and one named sum';

create table metric_flush (
    process uuid primary key,
    batch bigint not null,
    seen_at timestamptz not null default now()
);
comment on table metric_flush is
    'The last batch of counts that each process has added, so that one whose answer was lost is not added again';
create index metric_flush_seen on metric_flush (seen_at);
