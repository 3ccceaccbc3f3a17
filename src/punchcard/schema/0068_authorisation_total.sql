alter table approval add column total bigint check (total >= worth);
comment on column approval.total is 'The whole bill of which the worth is a part, in minor units; empty where the till did not say.';
