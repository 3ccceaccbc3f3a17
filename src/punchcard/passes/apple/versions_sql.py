"""Which version of a pass should be shown, was announced and was seen: desired, sent and seen, per pass and device."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many

from .phones import Fetched, Gone, Phone, Told


async def stamp(db: Connection, members: Sequence[UUID], keys: Sequence[str], at: Instant) -> list[Phone]:
    """Say that passes changed, and whose phones must hear of it. A key names a member's pass by its subject, or all by `*`.

    One statement that stands alone: from the tag to its end no other worker gets one, so tags become visible in their
    order. Members without such a pass take none."""
    return await many(
        db,
        Phone,
        """
        with stale as (
            select distinct pass.member_id, pass.serial
              from unnest($1::uuid[], $2::text[]) as news (member_id, key)
              join apple_pass pass on pass.member_id = news.member_id and news.key in (pass.subject, '*')
             where pass.voided_at is null),
        tagged as (update apple_tag set tag = tag + 1 where exists (select from stale) returning tag),
        stamped as (
            update apple_pass pass
               set tag = tagged.tag, last_modified = greatest(last_modified + interval '1 second', $3::timestamptz)
              from stale, tagged where pass.member_id = stale.member_id and pass.serial = stale.serial
            returning pass.member_id, pass.serial, subject, pass.tag)
        update apple_registration phone
           set stale_since = coalesce(stale_since, $3::timestamptz), stale_clock = coalesce(stale_clock, clock_timestamp())
          from stamped where phone.member_id = stamped.member_id and phone.serial = stamped.serial
        returning phone.member_id, phone.serial, device_hash, push_token, registered_at, subject, stamped.tag
        """,
        members,
        keys,
        at,
    )


async def void(db: Connection, member_id: UUID, at: Instant) -> list[Gone]:
    """None of the member's passes counts any more; says which did. From here to the commit no other worker gets a tag."""
    return await many(
        db,
        Gone,
        """
        with tagged as (
            update apple_tag set tag = tag + 1
             where exists (select from apple_pass where member_id = $1 and voided_at is null) returning tag),
        gone as (
            update apple_pass set voided_at = $2, tag = tagged.tag,
                   last_modified = greatest(last_modified + interval '1 second', $2::timestamptz)
              from tagged where member_id = $1 and voided_at is null
            returning serial, subject),
        stale as (
            update apple_registration phone set stale_since = coalesce(stale_since, $2::timestamptz),
                   stale_clock = coalesce(stale_clock, clock_timestamp())
              from gone where phone.member_id = $1 and phone.serial = gone.serial)
        select serial, subject from gone
        """,
        member_id,
        at,
    )


async def forget_prints(db: Connection, member_id: UUID) -> None:
    """Forget what the member's passes said, version by version."""
    await execute(db, "delete from apple_print where member_id = $1", member_id)


async def phones_of(db: Connection, members: Sequence[UUID], serials: Sequence[UUID]) -> list[Phone]:
    """The devices that hold these passes, with the version that they should show."""
    return await many(
        db,
        Phone,
        """
        select phone.member_id, phone.serial, device_hash, push_token, registered_at, subject, tag
          from unnest($1::uuid[], $2::uuid[]) as named (member_id, serial)
          join apple_pass pass on pass.member_id = named.member_id and pass.serial = named.serial
          join apple_registration phone on phone.member_id = named.member_id and phone.serial = named.serial
        """,
        members,
        serials,
    )


async def pushed(db: Connection, phones: Sequence[Phone], outcomes: Sequence[str], at: Instant) -> None:
    """What APNs said of these phones; `sent` means that it took the push for this version."""
    await execute(
        db,
        """
        update apple_registration phone
           set pushed_tag = case when said.outcome = 'sent' then greatest(pushed_tag, said.tag) else pushed_tag end,
               pushed_at = $6, push_outcome = said.outcome
          from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bigint[], $5::text[])
               as said (member_id, serial, device_hash, tag, outcome)
         where phone.member_id = said.member_id and phone.serial = said.serial and phone.device_hash = said.device_hash
        """,
        [phone.member_id for phone in phones],
        [phone.serial for phone in phones],
        [phone.device_hash for phone in phones],
        [phone.tag for phone in phones],
        outcomes,
        at,
    )


async def need_not_reach_the_disk(db: Connection) -> None:
    """This transaction answers before it is on the disk: a crash may undo it, whole."""
    await execute(db, "set local synchronous_commit = off")


async def listed(db: Connection, told: Sequence[Told]) -> list[float]:
    """Devices were told the tags of passes of their own, and knew those up to `known`. A row in another's hands is left as it
    is. Answers for each pass with which a device caught up how many seconds it was behind."""
    rows = await db.fetch(
        """
        with held as (
            select phone.ctid, stale_clock, told.tag, known, told.at, pass.tag > told.tag as is_older
              from unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::timestamptz[])
                   as told (device_hash, member_id, serial, tag, known, at)
              join apple_pass pass on pass.member_id = told.member_id and pass.serial = told.serial
              join apple_registration phone on phone.member_id = told.member_id and phone.serial = told.serial
                   and phone.device_hash = told.device_hash
               for update of phone skip locked)
        update apple_registration phone
           set listed_tag = case when held.tag > known then greatest(listed_tag, held.tag) else listed_tag end,
               listed_at = case when held.tag > known then held.at else listed_at end,
               seen_tag = case when held.tag > known then seen_tag else greatest(seen_tag, held.tag) end,
               seen_at = case when held.tag > known or seen_tag >= held.tag then seen_at else held.at end,
               stale_since = case when held.tag > known or is_older then stale_since end,
               stale_clock = case when held.tag > known or is_older then phone.stale_clock end
          from held where phone.ctid = held.ctid
        returning case when held.tag <= known and not is_older
                       then extract(epoch from clock_timestamp() - held.stale_clock)::float8 end as seconds
        """,
        [each.device_hash for each in told],
        [each.member_id for each in told],
        [each.serial for each in told],
        [each.tag for each in told],
        [each.known for each in told],
        [each.at for each in told],
    )
    return [row["seconds"] for row in rows if row["seconds"] is not None]


async def seen(db: Connection, fetched: Sequence[Fetched]) -> list[float]:
    """Phones have these versions now, each of another pass. They do not say which phones: of those that were told of
    something and have not fetched it the one that was told first, and where only one is registered that one. Answers as
    `listed` does."""
    rows = await db.fetch(
        """
        with held as (
            select phone.ctid, stale_clock, fetched.tag, fetched.at, pass.tag <= fetched.tag as is_newest
              from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[]) as fetched (member_id, serial, tag, at)
              join apple_pass pass on pass.member_id = fetched.member_id and pass.serial = fetched.serial
             cross join lateral (
                   select ctid, stale_clock from apple_registration
                    where member_id = fetched.member_id and serial = fetched.serial and coalesce(seen_tag, -1) < fetched.tag
                      and (listed_tag > coalesce(seen_tag, -1)
                           or 1 = (select count(*) from apple_registration
                                    where member_id = fetched.member_id and serial = fetched.serial))
                    order by listed_at nulls last, device_hash limit 1 for update skip locked) as phone)
        update apple_registration phone
           set seen_tag = held.tag, seen_at = held.at,
               stale_since = case when not is_newest then stale_since end,
               stale_clock = case when not is_newest then phone.stale_clock end
          from held where phone.ctid = held.ctid
        returning case when is_newest then extract(epoch from clock_timestamp() - held.stale_clock)::float8 end as seconds
        """,
        [each.member_id for each in fetched],
        [each.serial for each in fetched],
        [each.tag for each in fetched],
        [each.at for each in fetched],
    )
    return [row["seconds"] for row in rows if row["seconds"] is not None]


async def printed(db: Connection, versions: Sequence[Fetched]) -> None:
    """Keep what these versions said, each of another pass, and let go of those that no device can still show. In one order,
    so that two who do so wait for each other in a line."""
    versions = sorted(versions, key=lambda each: (each.member_id, each.serial))
    await execute(
        db,
        """
        with said as (
            select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::jsonb[])
                       as said (member_id, serial, tag, printed_at, shown)),
        gone as (
            delete from apple_print old using said
             where old.member_id = said.member_id and old.serial = said.serial and old.tag < least(
                   said.tag, (select min(coalesce(seen_tag, 0)) from apple_registration phone
                               where phone.member_id = said.member_id and phone.serial = said.serial)))
        insert into apple_print (member_id, serial, tag, printed_at, shown) select * from said
            on conflict (member_id, serial, tag) do update set printed_at = excluded.printed_at, shown = excluded.shown
        """,
        [each.member_id for each in versions],
        [each.serial for each in versions],
        [each.tag for each in versions],
        [each.at for each in versions],
        [each.shown for each in versions],
    )
