"""A member leaves: all that says who they are is erased at once, and their card counts no more."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from punchcard.foundation import forgetting, limits, news
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, maybe, value

from . import cards_sql, codes, operations, sql

LEFT = "left"
"""Why a card was given up, as it stands beside its code."""


class MemberLeft(Struct, frozen=True):
    """A member left; nothing says any more who they were."""


class Contacts(Struct, frozen=True):
    """How a member is reached, in full: for themselves alone."""

    email: str | None = None
    phone: str | None = None


async def contacts_of(db: Connection, member_id: UUID) -> Contacts:
    """The member's contacts as they are, not masked."""
    found = await maybe(db, Contacts, "select email, phone from person where member_id = $1", member_id)
    return found or Contacts()


async def left_at(db: Connection, member_id: UUID) -> Instant | None:
    """When the member left; None while they have not."""
    found: Instant | None = await value(
        db,
        """
        select coalesce(max(replaced_at), 'epoch') from member left join card_code
               on card_code.member_id = member.member_id and card_code.because = $2
         where member.member_id = $1 and member.state = 'erased' group by member.member_id
        """,
        member_id,
        LEFT,
    )
    return found


async def erase(db: Connection, member_id: UUID, at: Instant) -> None:
    """Erase who the member is, sign them out everywhere and end their card; the row stays, without a word in it, so that
    their journal belongs to somebody. Asking twice is no harm: what was said in between is erased as well."""
    await sql.hold(db, member_id)
    if (await operations.member(db, member_id)).state != "erased":
        await cards_sql.replace_codes(db, member_id, LEFT, at)
        await news.tell(db, member_id, [MemberLeft()], at)
    await forget_contacts(db, await drop_contacts(db, member_id))
    await drop_person(db, member_id)
    await sql.drop_place(db, member_id)
    await sql.drop_sessions(db, member_id)
    await blank(db, member_id)


async def forget_contacts(db: Connection, hashes: Sequence[bytes]) -> None:
    """No code is open for these contacts, none is on its way, and nobody counts those that were asked for."""
    await forgetting.withdraw(db, [codes.outbox_key(each) for each in hashes], ["members.code"])
    await limits.forget(db, [f"{what}:{each.hex()}" for each in hashes for what in ("code", "guess")])
    for each in hashes:
        await sql.close_code(db, each)


async def drop_contacts(db: Connection, member_id: UUID) -> list[bytes]:
    rows = await db.fetch("delete from contact where member_id = $1 returning contact_hash", member_id)
    return [row["contact_hash"] for row in rows]


async def drop_person(db: Connection, member_id: UUID) -> None:
    await execute(db, "delete from person where member_id = $1", member_id)


async def blank(db: Connection, member_id: UUID) -> None:
    await execute(
        db,
        """
        update member set state = 'erased', language = 'en', zone = 'UTC', card_code = '', consents = '{}',
               quiet_from = default, quiet_until = default, messages_a_week = 0, languages = '{}', muted = '{}'
         where member_id = $1
        """,
        member_id,
    )
