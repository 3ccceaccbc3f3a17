-- Why the house did something with an offer by itself.
alter table offer_act add column because jsonb;
comment on column offer_act.because is 'Why the house did it, a sentence by language; empty where an operator did.';
