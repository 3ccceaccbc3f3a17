-- Rows that change with every sale find room on their own page and touch no index (a heap-only update).
alter table standing set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
alter table profile set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
-- Segments are asked for with bounds that may be missing, for which no plan reads an index on the last visit.
drop index profile_last_visit;
