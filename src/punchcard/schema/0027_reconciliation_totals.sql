create table till_total (
    shop_id text collate "C" not null,
    till_id text collate "C" not null,
    day date not null,
    version integer not null check (version > 0),
    receipts bigint not null check (receipts >= 0),
    amount bigint not null,
    returned bigint not null,
    earned bigint not null,
    spent bigint not null,
    told_at timestamptz not null,
    primary key (shop_id, till_id, day, version)
);
comment on table till_total is 'What a till reckoned at closing time of its local day: how many receipts, what was sold and what came back (minor units), points earned and spent. A correction is a new version; the old one is kept.';

create table reconciliation (
    shop_id text collate "C" not null,
    day date not null,
    checked_at timestamptz not null,
    receipts bigint not null,
    matched integer not null,
    missing integer not null,
    differing integer not null,
    primary key (shop_id, day)
);
comment on table reconciliation is 'That a shop''s day was compared, when last, and what came of it: how many tills agree, told us no total though they sold, or reckoned otherwise.';

create table reconciliation_finding (
    shop_id text collate "C" not null,
    day date not null,
    number integer not null check (number > 0),
    till_id text collate "C" not null,
    receipt text collate "C" not null,
    kind text not null check (kind in ('missing-total', 'other-total', 'no-such-fact', 'other-fact')),
    differs jsonb not null,
    primary key (shop_id, day, number)
);
comment on table reconciliation_finding is 'Where a shop''s day does not agree: a till''s total with its printed receipts, or a printed receipt with the journal. differs: by field, what one side says and what the other.';
