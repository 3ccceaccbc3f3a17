create table partner_version (
    only_one boolean primary key default true check (only_one),
    version bigint not null
);
comment on table partner_version is 'Changes whenever a partner or a shop does, so that processes know when to read them anew; never the same value twice.';
insert into partner_version (version) values (0);
