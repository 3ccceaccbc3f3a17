"""Watched segments: entering and leaving them is news, told exactly once by whoever finds it out under the portrait's lock:
the refresh after something happened, or a walk past everybody for what time alone did."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from uuid import UUID

from msgspec import Struct, json

from punchcard.foundation import news, outbox
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.programme import Expression, Program

from . import watch_sql as sql
from .model import holds
from .places import placed
from .portrait import Profile
from .watch_sql import Pair

REST_SECONDS = 10 * MINUTE
"""From one walk of a segment to the next: so late time alone is noticed."""


class SegmentEntered(Struct, frozen=True):
    """The member is in a watched segment from now on."""

    segment: str


class SegmentLeft(Struct, frozen=True):
    """The member is in a watched segment no more."""

    segment: str


class Watched(Struct, frozen=True):
    """A segment that is watched; `is_known` once everybody was looked at, so that who comes later has entered it."""

    id: str
    who: Expression
    is_known: bool


async def watched(db: Connection, program: Program, at: Instant) -> list[Watched]:
    """Every segment that is watched, of the rulebook and of operators; an operator cannot take an id of the rulebook's."""
    found = {each.id: each.who for each in await sql.made(db) if each.is_watched}
    found |= {each.id: each.who for each in program.era(at).frame.segments if each.watch}
    if not found:
        return []
    known = await sql.known(db)
    return [Watched(id, who, known.get(id) == about(who)) for id, who in sorted(found.items())]


def about(who: Expression) -> bytes:
    """What a walk is walked by: another expression is another walk."""
    return sha256(json.encode(who, order="deterministic")).digest()


async def settle(db: Connection, profiles: Mapping[UUID, Profile], program: Program, at: Instant) -> None:
    """Let these members be in the watched segments that their profiles are in, and in no other, and tell who entered or
    left. Whoever calls holds their portraits."""
    if not profiles or not (all_watched := await watched(db, program, at)):
        return
    ids = {each.id for each in all_watched}
    before = {pair for pair in await sql.memberships(db, sorted(profiles)) if pair[1] in ids}
    now = set[Pair]()
    for each in all_watched:
        who = await placed(db, each.who)
        now |= {(member_id, each.id) for member_id, profile in profiles.items() if holds(who, profile, at)}
    entered = await sql.enter(db, sorted(now - before), at) if now - before else []
    left = await sql.leave(db, sorted(before - now)) if before - now else []
    told = {each.id for each in all_watched if each.is_known}
    await tell(db, (pair for pair in entered if pair[1] in told), (pair for pair in left if pair[1] in told), at)


async def tell(db: Connection, entered: Iterable[Pair], left: Iterable[Pair], at: Instant) -> None:
    """Write the news of these, a member's together."""
    told: defaultdict[UUID, list[Struct]] = defaultdict(list)
    for member_id, segment_id in sorted(entered):
        told[member_id].append(SegmentEntered(segment_id))
    for member_id, segment_id in sorted(left):
        told[member_id].append(SegmentLeft(segment_id))
    rows = [(member_id, due) for member_id in sorted(told) for due in news.follows(told[member_id])]
    if rows:
        await outbox.put_many(db, rows, at)


async def forget(db: Connection, member_ids: Collection[UUID]) -> None:
    """These are no members any more: nobody is told of it."""
    await sql.forget(db, sorted(member_ids))
