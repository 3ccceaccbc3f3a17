create table household (
    household_id uuid primary key,
    name text not null,
    rule text not null check (rule in ('own-share', 'everything')),
    founded_at timestamptz not null
);
comment on table household is 'People who pool their points. The pool is a journal under the household''s id, without a card. rule: what each of them may take out of it, their own share or everything.';

create table household_seat (
    household_id uuid not null,
    person uuid not null,
    state text not null check (state in ('invited', 'in')),
    since timestamptz not null,
    primary key (household_id, person)
);
comment on table household_seat is 'Who belongs to a household, on the household''s own shard, and who was invited and has not answered. since: of the invitation, then of joining.';

create table household_of (
    member_id uuid primary key,
    household_id uuid not null,
    since timestamptz not null
);
comment on table household_of is 'Which household a member belongs to: one at most.';

create table household_invitation (
    member_id uuid not null,
    household_id uuid not null,
    since timestamptz not null,
    primary key (member_id, household_id)
);
comment on table household_invitation is 'A household that a member may join, until they answer.';
