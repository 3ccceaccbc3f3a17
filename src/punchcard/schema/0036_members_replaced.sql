alter table card_code
    add column replaced_at timestamptz,
    add column because text not null default '';
comment on table card_code is 'Look-up: whose card a scanned code (kept as SHA-256) is, and whether it still counts; of a replaced one when that was and what the operator said of it.';
