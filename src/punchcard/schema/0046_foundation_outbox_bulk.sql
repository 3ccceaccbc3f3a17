-- What can wait is counted every second while others' rows may be a million; their writes do not touch this.
create index if not exists outbox_bulk on outbox (reaction) where reaction like '%/bulk' or reaction = 'passes.google_look';
