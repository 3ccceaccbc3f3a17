"""Which version of a pass should be shown, was announced and was seen: desired, sent and seen, per pass and device."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many

from .phones import Gone, Phone


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


async def listed(
    db: Connection, device_hash: bytes, members: Sequence[UUID], serials: Sequence[UUID], known: int, at: Instant
) -> list[float]:
    """The device was told the tags of these passes of its own, and knew those up to `known`. A row in another's hands is
    left as it is. Answers for each pass with which it caught up how many seconds it was behind."""
    rows = await db.fetch(
        """
        with held as (
            select phone.ctid, stale_clock, pass.tag from unnest($2::uuid[], $3::uuid[]) as named (member_id, serial)
              join apple_pass pass on pass.member_id = named.member_id and pass.serial = named.serial
              join apple_registration phone on phone.member_id = named.member_id and phone.serial = named.serial
             where phone.device_hash = $1 for update of phone skip locked)
        update apple_registration phone
           set listed_tag = case when held.tag > $4 then held.tag else listed_tag end,
               listed_at = case when held.tag > $4 then $5::timestamptz else listed_at end,
               seen_tag = case when held.tag > $4 then seen_tag else held.tag end,
               seen_at = case when held.tag > $4 or seen_tag >= held.tag then seen_at else $5::timestamptz end,
               stale_since = case when held.tag > $4 then stale_since end,
               stale_clock = case when held.tag > $4 then phone.stale_clock end
          from held where phone.ctid = held.ctid
        returning case when held.tag <= $4 then extract(epoch from clock_timestamp() - held.stale_clock)::float8 end
               as seconds
        """,
        device_hash,
        members,
        serials,
        known,
        at,
    )
    return [row["seconds"] for row in rows if row["seconds"] is not None]


async def seen(db: Connection, member_id: UUID, serial: UUID, tag: int, at: Instant) -> list[float]:
    """A phone has this version now. It does not say which one: of those that were told of something and have not fetched
    it the one that was told first, and where only one is registered that one. Answers as `listed` does."""
    rows = await db.fetch(
        """
        with held as (
            select phone.ctid, stale_clock, pass.tag <= $3 as is_newest from apple_registration phone
              join apple_pass pass on pass.member_id = phone.member_id and pass.serial = phone.serial
             where phone.member_id = $1 and phone.serial = $2 and coalesce(seen_tag, -1) < $3
               and (listed_tag > coalesce(seen_tag, -1)
                    or 1 = (select count(*) from apple_registration where member_id = $1 and serial = $2))
             order by listed_at nulls last, device_hash limit 1 for update of phone skip locked)
        update apple_registration phone
           set seen_tag = $3, seen_at = $4,
               stale_since = case when not is_newest then stale_since end,
               stale_clock = case when not is_newest then phone.stale_clock end
          from held where phone.ctid = held.ctid
        returning case when is_newest then extract(epoch from clock_timestamp() - held.stale_clock)::float8 end as seconds
        """,
        member_id,
        serial,
        tag,
        at,
    )
    return [row["seconds"] for row in rows if row["seconds"] is not None]


async def printed(db: Connection, member_id: UUID, serial: UUID, tag: int, shown: dict[str, Any], at: Instant) -> None:
    """Keep what this version said, and let go of those that no device can still show."""
    await execute(
        db,
        """
        with gone as (
            delete from apple_print where member_id = $1 and serial = $2 and tag < least(
                   $3, (select min(coalesce(seen_tag, 0)) from apple_registration where member_id = $1 and serial = $2)))
        insert into apple_print (member_id, serial, tag, printed_at, shown) values ($1, $2, $3, $4, $5)
            on conflict (member_id, serial, tag) do update set printed_at = excluded.printed_at, shown = excluded.shown
        """,
        member_id,
        serial,
        tag,
        at,
        shown,
    )
