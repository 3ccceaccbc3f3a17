"""Phones, whose they are, and what every member was told."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value

from .model import Message, Owner, Phone


async def phones(db: Connection, member_id: UUID) -> list[Phone]:
    """The member's phones, the one seen last first."""
    return await many(
        db,
        Phone,
        """
        select installation, address_kind, address, platform, language, zone, seen_at
          from phone where member_id = $1 order by seen_at desc, installation
        """,
        member_id,
    )


async def keep_phone(db: Connection, member_id: UUID, phone: Phone) -> None:
    """The phone as it says it is now."""
    await execute(
        db,
        """
        insert into phone (member_id, installation, address_kind, address, platform, language, zone, seen_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (member_id, installation) do update
           set address_kind = excluded.address_kind, address = excluded.address, platform = excluded.platform,
               language = excluded.language, zone = excluded.zone, seen_at = excluded.seen_at
        """,
        member_id,
        phone.installation,
        phone.address_kind,
        phone.address,
        phone.platform,
        phone.language,
        phone.zone,
        phone.seen_at,
    )


async def address_of(db: Connection, member_id: UUID, installation: str) -> str | None:
    """Where this phone is reached, if it is the member's."""
    found: str | None = await value(
        db, "select address from phone where member_id = $1 and installation = $2 for update", member_id, installation
    )
    return found


async def forget_phone(db: Connection, member_id: UUID, installation: str, address: str) -> int:
    """Forget the phone, if it is still reached at this address."""
    return await execute(
        db,
        "delete from phone where member_id = $1 and installation = $2 and address = $3",
        member_id,
        installation,
        address,
    )


async def owner(db: Connection, address_hash: bytes) -> Owner | None:
    """Whose phone is reached at this address."""
    return await maybe(
        db, Owner, "select member_id, installation from push_address where address_hash = $1 for update", address_hash
    )


async def own(db: Connection, address_hash: bytes, owner: Owner) -> None:
    """From now on it is this phone that is reached there."""
    await execute(
        db,
        """
        insert into push_address (address_hash, member_id, installation) values ($1, $2, $3)
            on conflict (address_hash) do update set member_id = excluded.member_id, installation = excluded.installation
        """,
        address_hash,
        owner.member_id,
        owner.installation,
    )


async def disown(db: Connection, address_hash: bytes, owner: Owner) -> None:
    """Nobody is reached there, if it was this phone."""
    await execute(
        db,
        "delete from push_address where address_hash = $1 and member_id = $2 and installation = $3",
        address_hash,
        owner.member_id,
        owner.installation,
    )


async def message(db: Connection, member_id: UUID, message_id: str) -> Message | None:
    """What became of this message."""
    return await maybe(
        db,
        Message,
        """
        select id, kind, subject, title, body, decided_at, state, reason, until, ends_at, sent_at, waiting
          from message where member_id = $1 and id = $2
        """,
        member_id,
        message_id,
    )


async def messages(db: Connection, member_id: UUID, limit: int) -> list[Message]:
    """The member's messages, the newest first."""
    return await many(
        db,
        Message,
        """
        select id, kind, subject, title, body, decided_at, state, reason, until, ends_at, sent_at, waiting
          from message where member_id = $1 order by coalesce(sent_at, decided_at) desc, id limit $2
        """,
        member_id,
        limit,
    )


async def keep_message(db: Connection, member_id: UUID, message: Message) -> None:
    """Write down what became of it; the instant of the first send stays."""
    await execute(
        db,
        """
        insert into message (member_id, id, kind, subject, title, body, decided_at, state, reason, until, ends_at,
                             sent_at, waiting)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            on conflict (member_id, id) do update
           set title = excluded.title, body = excluded.body, decided_at = excluded.decided_at, state = excluded.state,
               reason = excluded.reason, until = excluded.until, ends_at = excluded.ends_at,
               sent_at = coalesce(message.sent_at, excluded.sent_at), waiting = excluded.waiting
        """,
        member_id,
        message.id,
        message.kind,
        message.subject,
        message.title,
        message.body,
        message.decided_at,
        message.state,
        message.reason,
        message.until,
        message.ends_at,
        message.sent_at,
        message.waiting,
    )


async def sends_since(db: Connection, member_id: UUID, kinds: Sequence[str], since: Instant, apart_from: str) -> int:
    """How many messages of these kinds were sent after `since`, this one not counted."""
    return int(
        await value(
            db,
            """
            select count(*) from message
             where member_id = $1 and kind = any($2::text[]) and sent_at > $3 and id <> $4
            """,
            member_id,
            kinds,
            since,
            apart_from,
        )
    )
