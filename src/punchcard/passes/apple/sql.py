"""How Apple's passes and the phones that hold them are kept. How far each phone came is in versions_sql.py."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, one
from punchcard.foundation.ids import digest

from .phones import Copy, Listed, Owner, Phone, Registered


async def owners(db: Connection, serials: Sequence[UUID]) -> list[Owner]:
    """Whose passes bear these serial numbers, and the passes."""
    return await many(
        db,
        Owner,
        """
        select pass.member_id, pass.serial, subject, tag, last_modified, voided_at is not null as is_void
          from unnest($1::bytea[], $2::uuid[]) as named (serial_hash, serial)
          join pass_serial on pass_serial.serial_hash = named.serial_hash
          join apple_pass pass on pass.member_id = pass_serial.member_id and pass.serial = named.serial
        """,
        [digest(str(serial)) for serial in serials],
        serials,
    )


async def copy(db: Connection, member_id: UUID, subject: str) -> Copy | None:
    """The pass of this subject that counts, if it was ever asked for."""
    return await maybe(
        db,
        Copy,
        """
        select serial, tag, last_modified, given_modified from apple_pass
         where member_id = $1 and subject = $2 and voided_at is null
        """,
        member_id,
        subject,
    )


async def issue(db: Connection, member_id: UUID, subject: str, serial: UUID, at: Instant) -> Copy:
    """The pass of this subject: the one that counts, or a new one with this serial number."""
    return await one(
        db,
        Copy,
        """
        insert into apple_pass (member_id, subject, serial, last_modified, given_modified) values ($1, $2, $3, $4, $4)
            on conflict (member_id, subject) where voided_at is null do update
           set given_modified = apple_pass.last_modified
        returning serial, tag, last_modified, given_modified
        """,
        member_id,
        subject,
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


async def register(
    db: Connection, member_id: UUID, serial: UUID, device_hash: bytes, push_token: str, at: Instant
) -> Registered:
    """Keep where to wake this device, and that it holds the pass: what was given out last, an older version than the newest
    when the pass changed since."""
    return await one(
        db,
        Registered,
        """
        with kept as (
            insert into apple_registration
                   (member_id, serial, device_hash, push_token, registered_at, seen_tag, seen_at, stale_since, stale_clock)
            select $1, $2, $3, $4, $5, case when is_newest then tag end, case when is_newest then $5::timestamptz end,
                   case when not is_newest then $5::timestamptz end, case when not is_newest then clock_timestamp() end
              from (select tag, given_modified >= last_modified as is_newest from apple_pass
                     where member_id = $1 and serial = $2) as given
                on conflict (member_id, serial, device_hash) do update
               set push_token = excluded.push_token, registered_at = excluded.registered_at
            returning xmax = 0 as is_new, stale_since is not null as is_behind),
        noted as (
            insert into apple_device (device_hash, member_id, serial) select $3, $1, $2 from kept where is_new
                on conflict do nothing)
        select is_new, is_behind from kept
        """,
        member_id,
        serial,
        device_hash,
        push_token,
        at,
    )


async def oldest_beyond(db: Connection, member_id: UUID, serial: UUID, most: int) -> list[Phone]:
    """The registrations of this pass that are one too many: the oldest."""
    return await many(
        db,
        Phone,
        """
        select member_id, serial, device_hash, push_token, registered_at from apple_registration
         where member_id = $1 and serial = $2 order by registered_at desc, device_hash offset $3
        """,
        member_id,
        serial,
        most,
    )


async def forget(
    db: Connection, member_id: UUID, serial: UUID, device_hash: bytes, until: Instant, push_token: str
) -> bool:
    """Drop the registration, unless it was made after `until` or has another push token than this one (empty: whichever);
    says whether it is gone."""
    touched = await execute(
        db,
        """
        delete from apple_registration
         where member_id = $1 and serial = $2 and device_hash = $3 and registered_at <= $4 and $5 in ('', push_token)
        """,
        member_id,
        serial,
        device_hash,
        until,
        push_token,
    )
    return touched > 0


async def forget_device(db: Connection, device_hash: bytes, member_id: UUID, serial: UUID) -> None:
    await execute(
        db,
        "delete from apple_device where device_hash = $1 and member_id = $2 and serial = $3",
        device_hash,
        member_id,
        serial,
    )


async def passes_on(db: Connection, device_hashes: Sequence[bytes]) -> list[Listed]:
    """The passes on these devices, each device's in the order of their tags, with the newest tag of all there are."""
    return await many(
        db,
        Listed,
        """
        select device_hash, pass.member_id, pass.serial, pass.tag, (select tag from apple_tag) as newest_tag
          from apple_device device
          join apple_pass pass on pass.member_id = device.member_id and pass.serial = device.serial
         where device_hash = any($1::bytea[]) order by pass.tag, pass.serial
        """,
        device_hashes,
    )


async def forget_phones(db: Connection, member_id: UUID) -> None:
    """Forget every device that holds a pass of this member."""
    await execute(db, "delete from apple_device where member_id = $1", member_id)
    await execute(db, "delete from apple_registration where member_id = $1", member_id)
