"""How Apple's passes and the phones that hold them are kept."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, one, value

from .model import Copy, Issued, Phone


async def member_of(db: Connection, serial_hash: bytes) -> UUID | None:
    """Whose pass bears this serial number."""
    found: UUID | None = await value(db, "select member_id from pass_serial where serial_hash = $1", serial_hash)
    return found


async def copy(db: Connection, member_id: UUID) -> Copy | None:
    """What is known of the member's pass, if one was ever asked for."""
    return await maybe(
        db,
        Copy,
        "select serial, tag, last_modified, given_modified from apple_pass where member_id = $1",
        member_id,
    )


async def issue(db: Connection, member_id: UUID, serial: UUID, at: Instant) -> Copy:
    """The member's pass: the one that there is, or a new one with this serial number."""
    return await one(
        db,
        Copy,
        """
        insert into apple_pass (member_id, serial, last_modified, given_modified) values ($1, $2, $3, $3)
            on conflict (member_id) do update set given_modified = apple_pass.last_modified
        returning serial, tag, last_modified, given_modified
        """,
        member_id,
        serial,
        at,
    )


async def keep_serial(db: Connection, serial_hash: bytes, member_id: UUID) -> None:
    await execute(
        db,
        "insert into pass_serial (serial_hash, member_id) values ($1, $2) on conflict (serial_hash) do nothing",
        serial_hash,
        member_id,
    )


async def register(db: Connection, member_id: UUID, device_hash: bytes, push_token: str, at: Instant) -> bool:
    """Keep where to wake this device; true when it was not registered yet."""
    return bool(
        await value(
            db,
            """
            insert into apple_registration (member_id, device_hash, push_token, registered_at) values ($1, $2, $3, $4)
                on conflict (member_id, device_hash) do update
               set push_token = excluded.push_token, registered_at = excluded.registered_at
            returning xmax = 0
            """,
            member_id,
            device_hash,
            push_token,
            at,
        )
    )


async def note_device(db: Connection, device_hash: bytes, member_id: UUID) -> None:
    await execute(
        db,
        "insert into apple_device (device_hash, member_id) values ($1, $2) on conflict do nothing",
        device_hash,
        member_id,
    )


async def oldest_beyond(db: Connection, member_id: UUID, most: int) -> list[Phone]:
    """The registrations that are one too many: the oldest."""
    return await many(
        db,
        Phone,
        """
        select member_id, device_hash, push_token, registered_at from apple_registration
         where member_id = $1 order by registered_at desc, device_hash offset $2
        """,
        member_id,
        most,
    )


async def forget(db: Connection, member_id: UUID, device_hash: bytes, until: Instant) -> bool:
    """Drop the registration, unless it was made after `until`; says whether it is gone."""
    touched = await execute(
        db,
        "delete from apple_registration where member_id = $1 and device_hash = $2 and registered_at <= $3",
        member_id,
        device_hash,
        until,
    )
    return touched > 0


async def forget_device(db: Connection, device_hash: bytes, member_id: UUID) -> None:
    await execute(db, "delete from apple_device where device_hash = $1 and member_id = $2", device_hash, member_id)


async def members_of(db: Connection, device_hash: bytes) -> list[UUID]:
    """Whose passes the device holds."""
    return [
        row["member_id"]
        for row in await db.fetch("select member_id from apple_device where device_hash = $1", device_hash)
    ]


async def newer(db: Connection, members: Sequence[UUID], tag: int) -> list[Issued]:
    """Which of these members' passes changed after this tag."""
    return await many(
        db,
        Issued,
        "select serial, tag from apple_pass where member_id = any($1::uuid[]) and tag > $2 order by tag, serial",
        members,
        tag,
    )


async def issued_to(db: Connection, members: Sequence[UUID]) -> list[UUID]:
    """Which of these members ever asked for an Apple pass."""
    return [
        row["member_id"]
        for row in await db.fetch("select member_id from apple_pass where member_id = any($1::uuid[])", members)
    ]


async def next_tag(db: Connection) -> int:
    """A tag later than every earlier one. From here to the commit no other worker gets one."""
    return int(await value(db, "update apple_tag set tag = tag + 1 returning tag"))


async def stamp(db: Connection, members: Sequence[UUID], tag: int, at: Instant) -> None:
    """Say that these passes changed."""
    await execute(
        db,
        """
        update apple_pass
           set tag = $2, last_modified = greatest(last_modified + interval '1 second', $3::timestamptz)
         where member_id = any($1::uuid[])
        """,
        members,
        tag,
        at,
    )


async def phones(db: Connection, members: Sequence[UUID]) -> list[Phone]:
    """Every device that holds one of these members' passes."""
    return await many(
        db,
        Phone,
        """
        select member_id, device_hash, push_token, registered_at from apple_registration
         where member_id = any($1::uuid[]) order by member_id, device_hash
        """,
        members,
    )
