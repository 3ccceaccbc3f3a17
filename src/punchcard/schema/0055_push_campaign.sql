create table campaign_pace (
    offer_id text primary key,
    taken jsonb not null default '{}'
);
comment on table campaign_pace is 'How many turns of each quarter of an hour a campaign has given out: {UTC seconds: turns}. Written once a page of members, in a transaction of its own, never once a member.';
-- Only what waits for a provider that is away, so that a campaign need not look through all that a member was ever told.
create index message_provider on message (member_id) where state = 'held' and reason = 'provider';
