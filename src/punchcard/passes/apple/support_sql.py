"""What is known of the phones that hold a member's passes, for whoever is asked about them."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, many, value


class Kept(Struct, frozen=True):
    """A pass, and the version that its phones should show."""

    serial: UUID
    subject: str
    tag: int
    last_modified: Instant
    voided_at: Instant | None


class Device(Struct, frozen=True):
    """A phone or watch, how far it came, and what the version that it shows said."""

    serial: UUID
    device_hash: bytes
    registered_at: Instant
    pushed_tag: int | None
    pushed_at: Instant | None
    push_outcome: str
    listed_at: Instant | None
    seen_tag: int | None
    seen_at: Instant | None
    stale_since: Instant | None
    repairs: int
    shown: dict[str, Any] | None


async def passes_of(db: Connection, member_id: UUID) -> list[Kept]:
    """The member's passes: those that count first, then the void, the newest first."""
    return await many(
        db,
        Kept,
        """
        select serial, subject, tag, last_modified, voided_at from apple_pass
         where member_id = $1 order by voided_at desc nulls first, subject, serial
        """,
        member_id,
    )


async def devices_of(db: Connection, member_id: UUID) -> list[Device]:
    """The devices that hold them, the newest registration first."""
    return await many(
        db,
        Device,
        """
        select phone.serial, device_hash, registered_at, pushed_tag, pushed_at, push_outcome, listed_at, seen_tag, seen_at,
               stale_since, repairs, shown
          from apple_registration phone
          left join apple_print print
            on print.member_id = phone.member_id and print.serial = phone.serial and print.tag = phone.seen_tag
         where phone.member_id = $1 order by registered_at desc, device_hash
        """,
        member_id,
    )


async def waits(db: Connection, member_id: UUID) -> Instant | None:
    """When a push that waits is tried; None when none waits."""
    found: Instant | None = await value(
        db, "select min(due_at) from outbox where member_id = $1 and reaction = 'passes.apple'", member_id
    )
    return found
