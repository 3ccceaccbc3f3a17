-- A queue: as many rows go as come, so that its size says nothing about how many dead ones wait to be swept.
alter table outbox set (
    fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0
);
