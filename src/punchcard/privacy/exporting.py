"""A copy of all that is kept about a member, written part by part, so that a long history takes no more room than a short one.

Each part is read in a moment of its own; what happens meanwhile may stand in one part and not yet in another."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from punchcard import challenges, households, journal, members, offers, passes, push, rewards, segments
from punchcard.foundation import limits
from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Refused, TooMany
from punchcard.programme import TransferIn, TransferOut, holdings

BURST, A_SECOND = 3, 3 / DAY
PAGE = 200
SECRET_MEMBERS = frozenset({"address", "address_kind"})
Rows = AsyncIterator[Any]
Part = Callable[[Connection, UUID, str, Instant], Awaitable[Any]]


async def take_turn(db: Connection, member_id: UUID) -> None:
    """Three copies at once, then three a day."""
    if wait := await limits.take(db, f"export:{member_id}", BURST, A_SECOND):
        raise TooMany(retry_after_seconds=math.ceil(wait))


async def parts(database: Database, member_id: UUID, language: str, at: Instant) -> AsyncIterator[bytes]:
    """The document, a piece at a time."""
    yield b'{"made_at":' + encoded(moment(at))
    for name, part in PARTS.items():
        async with database.reading() as db:
            found = await part(db, member_id, language, at)
        yield b"," + encoded(name) + b":" + encoded(found)
    for name, rows in (
        ("messages", messages(database, member_id, at)),
        ("transfers", transfers(database, member_id)),
        ("statement", statement(database, member_id)),
    ):
        yield b"," + encoded(name) + b":["
        first = True
        async for row in rows:
            yield (b"" if first else b",") + encoded(row)
            first = False
        yield b"]"
    yield b"}"


def encoded(part: Any) -> bytes:
    return msgspec.json.encode(part)


def dated(part: Any) -> Any:
    """What a room says of itself as plain JSON, its instants (`at`, `since`, `until`, `…_at`) as people write them."""
    match part:
        case dict():
            return {
                key: iso(value) if is_instant(key) and type(value) is int else dated(value)
                for key, value in part.items()
            }
        case list() | tuple():
            return [dated(each) for each in part]
    return part


def is_instant(key: str) -> bool:
    return key in ("at", "since", "until") or key.endswith("_at")


def iso(at: Instant) -> str | None:
    return moment(at).isoformat() if 0 < at < 2**37 else None


def plain(part: Any) -> Any:
    return dated(msgspec.to_builtins(part, str_keys=True))


async def member(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    """The profile with contacts in full: it is the member's own."""
    known = plain(await members.member(db, member_id))
    return known | plain(await members.contacts_of(db, member_id)) | plain(await members.said(db, member_id))


async def sign_ins(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    return plain(await members.signed_in(db, member_id, at))


async def phones(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    """Where messages go, without the addresses: whoever has those can send there."""
    found = plain(await push.phones(db, member_id))
    return [{key: said for key, said in each.items() if key not in SECRET_MEMBERS} for each in found]


async def card(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    return {"code": await members.code_of(db, member_id)} | plain(await journal.card(db, member_id, at))


async def standing(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    """What each account holds, by currency."""
    now = await journal.standing(db, member_id, at)
    accounts: dict[str, dict[str, int]] = {}
    for (account, currency), points in sorted(holdings(now).items()):
        accounts.setdefault(account, {})[currency] = points
    lots = [{"currency": lot.currency, "points": lot.points, "expires": iso(lot.expires)} for lot in now.lots]
    return {"accounts": accounts, "lots": lots, "visits": now.visits, "holds": plain(list(now.holds))}


async def claims(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    return plain(await rewards.claims(db, member_id, at))


async def progress(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    return plain(await challenges.progress(db, member_id, at))


async def offers_seen(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    return plain(await offers.seen(db, member_id))


async def household(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    try:
        return plain(await households.at_home(db, member_id, at))
    except households.NoHousehold:
        return None


async def invitations(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    return plain(await households.invitations(db, member_id))


async def place(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    found = (await members.last_places(db, [member_id])).get(member_id)
    return plain(found) if found else None


async def portrait(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    """What segments see, and the groups that come of it."""
    seen = await segments.profile(db, member_id, at)
    mine = await segments.mine(db, member_id, language, at)
    return {"seen": plain(seen) if seen else None, "segments": plain(mine)}


async def wallets(db: Connection, member_id: UUID, language: str, at: Instant) -> Any:
    try:
        return plain(await passes.card_now(db, str(member_id), at))
    except Refused:
        return {}


PARTS: dict[str, Part] = {
    "member": member,
    "sign_ins": sign_ins,
    "phones": phones,
    "card": card,
    "standing": standing,
    "claims": claims,
    "challenges": progress,
    "offers": offers_seen,
    "household": household,
    "invitations": invitations,
    "place": place,
    "portrait": portrait,
    "wallets": wallets,
}


async def messages(database: Database, member_id: UUID, at: Instant) -> Rows:
    """Every message, read a page at a time."""
    after = ""
    while True:
        async with database.reading() as db:
            found = await push.messages_after(db, member_id, after, PAGE, at)
        for each in found:
            yield plain(each)
        if len(found) < PAGE:
            return
        after = found[-1].id


async def statement(database: Database, member_id: UUID) -> Rows:
    """Every line with its reasons, and the fact as it was written."""
    before: tuple[Instant, str] | None = None
    while True:
        async with database.reading() as db:
            lines = await journal.statement(db, member_id, before, PAGE)
            facts = await journal.facts_of(db, [(member_id, line.id) for line in lines if line.id])
        for line in lines:
            fact = facts.get((member_id, line.id))
            yield plain(line) | {"fact": plain(fact) if fact else None}
        if len(lines) < PAGE:
            return
        before = lines[-1].at, lines[-1].id


async def transfers(database: Database, member_id: UUID) -> Rows:
    """Points that went to others or came from them, households included."""
    async for line in statement(database, member_id):
        fact = line["fact"] or {}
        if fact.get("type") in (TransferOut.__name__, TransferIn.__name__):
            yield fact
