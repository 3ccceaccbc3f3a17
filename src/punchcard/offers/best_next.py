"""What people alike did with offers, learned once a day; and a member's offers with the best first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from msgspec import Struct

from punchcard import rulebooks
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection, Database

from . import best_model as model
from . import best_sql as sql
from .best_model import Known, Seen, Why

LOOKED_BACK_DAYS = 60
"""An offer that ended longer ago says nothing of people today."""
GIVEN_FOR_SECONDS = DAY
"""Whoever was given it later has had no time to use it."""
PAGE_MEMBERS = 20_000
TOMORROW = 1


class Theirs(Protocol):
    """An offer that a member has, and until when."""

    @property
    def id(self) -> str: ...

    @property
    def until(self) -> Instant: ...


Some = TypeVar("Some", bound=Theirs)


class Ranked(Struct, Generic[Some], frozen=True):
    """An offer in a member's order, and why it stands there."""

    offer: Some
    why: Why


async def learn_due(database: Database, at: Instant, members: int = PAGE_MEMBERS) -> int:
    """Count for one offer that is due who was given it and who used it; it counts from tomorrow on. Says how many offers
    were counted."""
    async with database.reading() as db:
        offer_id = await sql.to_learn(db, at, at - LOOKED_BACK_DAYS * DAY, TOMORROW)
    if offer_id is None:
        return 0
    sums, after, more = {"": Counter[str](shown=0, used=0, worth=0, uses=0)}, None, True
    while more:
        async with database.reading() as db:
            page = await sql.tally(db, offer_id, at - GIVEN_FOR_SECONDS, day_of(at), after, members)
        for each in page:
            sums.setdefault(each.kind, Counter()).update(
                shown=each.shown, used=each.used, worth=each.worth, uses=each.uses
            )
        after = max((each.last for each in page), default=None)
        more = sum(each.shown for each in page) == members
    async with database.transaction() as db:
        await sql.write(db, offer_id, at, TOMORROW, [{"kind": kind, **counts} for kind, counts in sums.items()])
    return 1


async def ranked(db: Connection, member_id: UUID, offers: Sequence[Some], at: Instant) -> list[Ranked[Some]]:
    """The same offers with the best for this member first; the order stays all day. Who did not agree to personal offers
    gets what ends first first."""
    if (asked := await sql.asked(db, member_id, day_of(at))) is None:
        return [Ranked(each, "ends-first") for each in sorted(offers, key=lambda each: (each.until, each.id))]
    rows = await sql.known(db, asked.kind, at)
    known, by_id = known_of(rows), {each.id: each for each in offers}
    values = await values_of(db, list(by_id), rows, asked.visit_cents)
    return [Ranked(by_id[id], model.why(id, known)) for id in model.order(member_id, list(by_id), values, known, at)]


def known_of(rows: Iterable[sql.Row]) -> Known:
    programme = kind = Seen()
    offers, arms = dict[str, Seen](), dict[str, Seen]()
    for row in rows:
        seen = Seen(row.shown, row.used)
        programme += seen
        offers[row.offer_id] = offers.get(row.offer_id, Seen()) + seen
        if row.mine:
            kind += seen
            arms[row.offer_id] = seen
    return Known(programme, kind, offers, arms)


async def values_of(
    db: Connection, offer_ids: Sequence[str], rows: Sequence[sql.Row], visit_cents: float
) -> Mapping[str, float]:
    """What a use of each offer leaves the house; all the same where that is not known of every one of them."""
    facts = await sql.facts(db, offer_ids)
    if not visit_cents or not all(each.margin_percent for each in facts):
        return {}
    program = await rulebooks.program(db)
    point = next((each.value for each in program.rulebook.currencies if each.id == program.main), 0)
    worth, uses = Counter[str](), Counter[str]()
    for row in rows:
        worth[row.offer_id] += row.worth
        uses[row.offer_id] += row.uses
    return {
        each.offer_id: model.value(
            visit_cents,
            each.margin_percent,
            worth[each.offer_id] * (1 if each.is_money else point) / max(1, uses[each.offer_id]),
        )
        for each in facts
    }


def day_of(at: Instant) -> Instant:
    """The beginning of the day (UTC)."""
    return at // DAY * DAY
