alter table entry add column edition integer not null default 0 check (edition >= 0);
comment on column entry.edition is 'Which publication of the term moved the points; 0 where none did, or where the term came alone.';
