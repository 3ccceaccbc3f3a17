"""Phones, whose they are, and what every member was told."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value

from .model import Message, Owner, Phone, Tally

FIELDS = (
    "id",
    "kind",
    "subject",
    "title",
    "body",
    "decided_at",
    "state",
    "reason",
    "until",
    "ends_at",
    "sent_at",
    "channel",
)
"""In the order of the columns after the member, all but `waiting`: an array in each row goes as names with spaces between."""


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


async def phones_of(db: Connection, members: Sequence[UUID]) -> dict[UUID, list[Phone]]:
    """The phones of those among these members who have one, the one seen last first."""
    rows = await db.fetch(
        """
        select member_id, installation, address_kind, address, platform, language, zone, seen_at
          from phone where member_id = any($1::uuid[]) order by seen_at desc, installation
        """,
        members,
    )
    found: dict[UUID, list[Phone]] = defaultdict(list)
    for row in rows:
        found[row["member_id"]].append(msgspec.convert(dict(row), Phone))
    return found


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


async def forget_member(db: Connection, member_id: UUID) -> None:
    """Reach the member nowhere any more, and forget all that they were told."""
    await execute(db, "delete from push_address where member_id = $1", member_id)
    await execute(db, "delete from phone where member_id = $1", member_id)
    await execute(db, "delete from message where member_id = $1", member_id)


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


async def known(db: Connection, wanted: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], Message]:
    """What became of these messages of these members, where something did. Each is looked up by its key."""
    rows = await db.fetch(
        """
        select wanted.member_id, found.*
          from unnest($1::uuid[], $2::text[]) as wanted (member_id, id)
         cross join lateral (
               select id, kind, subject, title, body, decided_at, state, reason, until, ends_at, sent_at,
                      channel, received_at, opened_at, read_at, waiting
                 from message where message.member_id = wanted.member_id and message.id = wanted.id limit 1) as found
        """,
        [member_id for member_id, _ in wanted],
        [message_id for _, message_id in wanted],
    )
    return {(row["member_id"], row["id"]): msgspec.convert(dict(row), Message) for row in rows}


async def messages(db: Connection, member_id: UUID, limit: int) -> list[Message]:
    """The member's messages, the newest first."""
    return await many(
        db,
        Message,
        """
        select id, kind, subject, title, body, decided_at, state, reason, until, ends_at, sent_at,
                      channel, received_at, opened_at, read_at, waiting
          from message where member_id = $1 and kind <> 'notice'
         order by coalesce(sent_at, decided_at) desc, id limit $2
        """,
        member_id,
        limit,
    )


async def messages_after(db: Connection, member_id: UUID, after: str, limit: int) -> list[Message]:
    """The member's messages by their ids, from the one after this on."""
    return await many(
        db,
        Message,
        """
        select id, kind, subject, title, body, decided_at, state, reason, until, ends_at, sent_at, channel, received_at,
               opened_at, read_at, waiting
          from message where member_id = $1 and id > $2 order by id limit $3
        """,
        member_id,
        after,
        limit,
    )


async def keep_messages(db: Connection, kept: Sequence[tuple[UUID, Message]]) -> None:
    """Write down what became of them, in one statement. What was sent stays sent, at the instant of the first send."""
    if not kept:
        return
    rows = sorted(kept, key=lambda each: (each[0], each[1].id))
    messages = [message for _, message in rows]
    await execute(
        db,
        """
        insert into message (member_id, id, kind, subject, title, body, decided_at, state, reason, until, ends_at,
                             sent_at, channel, waiting)
        select member_id, id, kind, subject, title, body, decided_at, state, reason, until, ends_at, sent_at, channel,
               string_to_array(waiting, ' ')
          from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
                      $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[],
                      $14::text[])
            as kept (member_id, id, kind, subject, title, body, decided_at, state, reason, until, ends_at, sent_at,
                     channel, waiting)
            on conflict (member_id, id) do update
           set title = excluded.title, body = excluded.body, decided_at = excluded.decided_at, state = excluded.state,
               reason = excluded.reason, until = excluded.until, ends_at = excluded.ends_at,
               sent_at = coalesce(message.sent_at, excluded.sent_at), channel = excluded.channel,
               waiting = excluded.waiting
         where message.sent_at is null or excluded.sent_at is not null
        """,
        [member_id for member_id, _ in rows],
        *([getattr(each, field) for each in messages] for field in FIELDS),
        [" ".join(each.waiting) for each in messages],
    )


async def sounded_since(db: Connection, members: Sequence[UUID], since: Instant) -> dict[UUID, dict[str, Instant]]:
    """The messages of no service for which these members' phones sounded after `since`, or are to once a provider is back;
    and when."""
    rows = await db.fetch(
        """
        select member_id, id, coalesce(sent_at, decided_at) as at from message
         where member_id = any($1::uuid[]) and kind = 'offer' and channel in ('push', 'google')
           and (sent_at > $2 or state = 'held' and reason = 'provider')
        """,
        members,
        since,
    )
    found: dict[UUID, dict[str, Instant]] = defaultdict(dict)
    for row in rows:
        found[row["member_id"]][row["id"]] = row["at"]
    return found


async def for_cards(db: Connection, members: Sequence[UUID], since: Instant) -> list[tuple[UUID, Message]]:
    """What was sent to these members' cards at Google after `since`."""
    rows = await db.fetch(
        """
        select member_id, id, kind, subject, title, body, decided_at, state, reason, until, ends_at, sent_at, channel,
               received_at, opened_at, read_at, waiting
          from message where member_id = any($1::uuid[]) and channel = 'google' and sent_at > $2
        """,
        members,
        since,
    )
    return [(row["member_id"], msgspec.convert(dict(row), Message)) for row in rows]


async def tallies(db: Connection, offer_id: str) -> list[Tally]:
    """What became of the messages about this offer."""
    return await many(
        db,
        Tally,
        """
        select state, reason, channel, count(*) as members, count(received_at) as received, count(opened_at) as opened,
               count(read_at) as read
          from message where kind = 'offer' and subject = $1 group by state, reason, channel
         order by members desc, state, reason, channel
        """,
        offer_id,
    )
