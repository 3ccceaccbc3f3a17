"""How the cards at Google are kept."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value

from .messages import Told


class Held(Struct, frozen=True):
    """A member's card at Google, as it last took it from us. `sent` is empty when that is not known."""

    member_id: UUID
    object_id: str
    class_id: str
    sent: dict[str, Any]
    sent_version: int
    notified_at: list[Instant]
    held: bool = False
    """Somebody has it in a wallet, as far as we heard."""
    linked_at: Instant = 0
    """When a link that saves it was last given out."""
    in_doubt: bool = False
    """A change was sent and its answer never kept: nobody knows whether Google took it."""

    @property
    def known(self) -> dict[str, Any]:
        """What stands at Google; empty when nobody knows."""
        return {} if self.in_doubt else self.sent


async def by_member(db: Connection, member_id: UUID) -> Held | None:
    return await maybe(
        db,
        Held,
        """
        select member_id, object_id, class_id, sent, sent_version, notified_at, held, linked_at, in_doubt
          from google_object where member_id = $1
        """,
        member_id,
    )


async def by_members(db: Connection, member_ids: Sequence[UUID]) -> list[Held]:
    """The cards of those among these members who asked for one."""
    return await many(
        db,
        Held,
        """
        select member_id, object_id, class_id, sent, sent_version, notified_at, held, linked_at, in_doubt
          from google_object where member_id = any($1::uuid[])
        """,
        member_ids,
    )


async def keep(db: Connection, held: Held, at: Instant) -> None:
    """The card now exists. When two made it at once, nobody knows whose words stand there: the next refresh sends all."""
    await execute(
        db,
        """
        insert into google_object (member_id, object_id, class_id, sent, sent_at, linked_at)
        values ($1, $2, $3, $4, $5, $5)
            on conflict (member_id) do update
           set sent = '{}', sent_version = google_object.sent_version + 1, linked_at = excluded.linked_at
        """,
        held.member_id,
        held.object_id,
        held.class_id,
        held.sent,
        at,
    )


async def linked(db: Connection, member_id: UUID, at: Instant) -> None:
    """A link that saves the card is given out."""
    await execute(db, "update google_object set linked_at = $2 where member_id = $1", member_id, at)


async def sent(
    db: Connection, before: Held, body: dict[str, Any], someone_holds_it: bool, notified_at: list[Instant], at: Instant
) -> bool:
    """Google took this body. False when another writer came between. That nobody holds it is not taken from here: who
    saved it a moment ago may not be in the answer yet."""
    rows = await execute(
        db,
        """
        update google_object
           set sent = $3, class_id = $4, held = held or $5, notified_at = $6, sent_at = $7, in_doubt = false,
               sent_version = sent_version + 1
         where member_id = $1 and sent_version = $2
        """,
        before.member_id,
        before.sent_version,
        body,
        body["classId"],
        someone_holds_it,
        notified_at,
        at,
    )
    return rows == 1


async def begun(db: Connection, before: Held) -> bool:
    """A change goes out now; until its answer is kept, nobody knows what stands there. False when another writer came
    between."""
    rows = await execute(
        db,
        """
        update google_object set in_doubt = true, sent_version = sent_version + 1
         where member_id = $1 and sent_version = $2
        """,
        before.member_id,
        before.sent_version,
    )
    return rows == 1


async def untouched(db: Connection, before: Held) -> None:
    """Google did not take the change: what stood there before still does."""
    await execute(
        db,
        "update google_object set in_doubt = $3 where member_id = $1 and sent_version = $2",
        before.member_id,
        before.sent_version,
        before.in_doubt,
    )


async def unknown(db: Connection, member_id: UUID) -> None:
    """Nobody knows any more what stands there: the next refresh sends everything."""
    await execute(
        db,
        "update google_object set sent = '{}', sent_version = sent_version + 1 where member_id = $1",
        member_id,
    )


async def notified(db: Connection, member_id: UUID, notified_at: list[Instant]) -> None:
    await execute(db, "update google_object set notified_at = $2 where member_id = $1", member_id, notified_at)


async def added(db: Connection, before: Held, messages: list[dict[str, Any]]) -> bool:
    """Google took one more message. False when another writer came between."""
    rows = await execute(
        db,
        """
        update google_object set sent = jsonb_set(sent, '{messages}', $3), sent_version = sent_version + 1
         where member_id = $1 and sent_version = $2
        """,
        before.member_id,
        before.sent_version,
        messages,
    )
    return rows == 1


async def told(db: Connection, member_id: UUID) -> list[Told]:
    """Everything that the card ever said, the oldest first."""
    return await many(
        db,
        Told,
        """
        select message_id, body, notified, told_at, ends_at
          from google_message where member_id = $1 order by told_at, message_id
        """,
        member_id,
    )


async def tell(db: Connection, member_id: UUID, new: Told) -> bool:
    """This is said now; False when it was said before, or rung for where it rings."""
    rows = await execute(
        db,
        """
        insert into google_message (member_id, message_id, body, notified, told_at, ends_at)
        values ($1, $2, $3, $4, $5, $6)
            on conflict (member_id, message_id) do update set notified = true
         where excluded.notified and not google_message.notified
        """,
        member_id,
        new.message_id,
        new.body,
        new.notified,
        new.told_at,
        new.ends_at,
    )
    return rows == 1


async def notified_lately(db: Connection, members: Sequence[UUID], since: Instant) -> dict[UUID, int]:
    """How often the phones of these members rang for their card after `since`; without those who have none there."""
    rows = await db.fetch(
        """
        select member_id, (select count(*) from unnest(notified_at) as each (at) where each.at > $2) as times
          from google_object where member_id = any($1::uuid[])
        """,
        members,
        since,
    )
    return {row["member_id"]: row["times"] for row in rows}


async def forget_told(db: Connection, member_id: UUID, offers_before: Instant, others_before: Instant) -> None:
    """Forget the offers, and the rest, that ended before that."""
    await execute(
        db,
        """
        delete from google_message
         where member_id = $1 and ends_at < case when message_id like 'offer:%' then $2::timestamptz else $3::timestamptz end
        """,
        member_id,
        offers_before,
        others_before,
    )


async def class_hash(db: Connection, class_id: str) -> bytes | None:
    """The hash of the class as Google last took it from us."""
    hashed: bytes | None = await value(db, "select body_hash from google_class where id = $1", class_id)
    return hashed


async def class_written(db: Connection, class_id: str, body_hash: bytes, at: Instant) -> None:
    await execute(
        db,
        """
        insert into google_class (id, body_hash, written_at) values ($1, $2, $3)
            on conflict (id) do update set body_hash = excluded.body_hash, written_at = excluded.written_at
        """,
        class_id,
        body_hash,
        at,
    )


async def class_gone(db: Connection, class_id: str) -> None:
    """Google does not have it after all."""
    await execute(db, "delete from google_class where id = $1", class_id)


async def retire(db: Connection, member_id: UUID) -> bool:
    """What we sent is forgotten, unless it says nothing any more; False where there is nothing to forget."""
    rows = await execute(
        db,
        """
        update google_object set sent = '{}', sent_version = sent_version + 1
         where member_id = $1 and sent <> '{}' and sent ->> 'state' <> 'INACTIVE'
        """,
        member_id,
    )
    return rows == 1


async def forget_messages(db: Connection, member_id: UUID) -> None:
    """Forget everything that the card ever said beside its fields."""
    await execute(db, "delete from google_message where member_id = $1", member_id)
