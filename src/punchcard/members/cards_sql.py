"""The codes that members' cards bear or bore."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value

from .model import CardHolder, Scanned, Shown


async def insert_card_code(db: Connection, code_hash: bytes, member_id: UUID) -> None:
    """Let the code be this member's card."""
    await execute(db, "insert into card_code (code_hash, member_id) values ($1, $2)", code_hash, member_id)


async def code_of(db: Connection, member_id: UUID) -> str | None:
    """The code that the member's card shows."""
    found: str | None = await value(db, "select card_code from member where member_id = $1", member_id)
    return found


async def shown(db: Connection, member_ids: Sequence[UUID]) -> list[Shown]:
    """Those among these members that there are, as their cards show them."""
    return await many(
        db,
        Shown,
        """
        select member.member_id as id, state, coalesce(name, '') as name, language, zone, card_code
          from member left join person on person.member_id = member.member_id
         where member.member_id = any($1::uuid[])
        """,
        member_ids,
    )


async def holder_of_code(db: Connection, code_hash: bytes) -> CardHolder | None:
    """Whose card bears this code or once did."""
    return await maybe(
        db,
        CardHolder,
        "select member_id, state = 'active' as counts from card_code where code_hash = $1",
        code_hash,
    )


async def by_cards_then(db: Connection, shown: Sequence[tuple[bytes, Instant]]) -> dict[tuple[bytes, Instant], Scanned]:
    """Whose cards these codes were at these instants. When a code was given out is not asked: nobody can have shown it before."""
    rows = await db.fetch(
        """
        select shown.code_hash, shown.at, member.member_id as id, member.state, coalesce(name, '') as name, language
          from unnest($1::bytea[], $2::timestamptz[]) as shown (code_hash, at)
          join card_code on card_code.code_hash = shown.code_hash
               and (card_code.state = 'active' or card_code.replaced_at > shown.at)
          join member on member.member_id = card_code.member_id
          left join person on person.member_id = member.member_id
        """,
        [code for code, _ in shown],
        [at for _, at in shown],
    )
    return {
        (row["code_hash"], row["at"]): Scanned(row["id"], row["state"], row["name"], row["language"]) for row in rows
    }


async def last_replaced(db: Connection, member_id: UUID) -> Instant:
    """When a card of the member's was last replaced; 0 for never."""
    found: Instant | None = await value(
        db, "select max(replaced_at) from card_code where member_id = $1 and state = 'replaced'", member_id
    )
    return found or 0


async def replace_codes(db: Connection, member_id: UUID, because: str, at: Instant) -> None:
    """No code that the member was given counts any more."""
    await execute(
        db,
        """
        update card_code set state = 'replaced', replaced_at = $3, because = $2
         where member_id = $1 and state = 'active'
        """,
        member_id,
        because,
        at,
    )


async def set_code(db: Connection, member_id: UUID, code: str) -> None:
    """What the member's card shows from now on."""
    await execute(db, "update member set card_code = $2 where member_id = $1", member_id, code)
