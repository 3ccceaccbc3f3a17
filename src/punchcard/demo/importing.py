"""The Complete Journey moved in: a member a household, each basket through the journal's own door, ending shortly before now.

Stopped at any moment and begun again it goes on: the ids stay, a household's baskets come in their order, and whoever's last
one is there is passed over. The weeks by which the year is moved are those of the first run."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from punchcard import journal, members, partners, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.partners import Partner, Shop
from punchcard.programme import Program

from .journey import PARTNER, WEEK, Rows, fact_id, instant, sales, shop_id, wall

HOUSEHOLDS_AT_ONCE = 48
LANGUAGES: Final = ("en", "he", "ar", "ru")
GROCER = Partner(PARTNER, {"en": "The Grocer", "he": "המכולת", "ar": "البقالة", "ru": "Бакалея"}, 130, 0.1)
Tell = Callable[[int], None]
"""Hears of so many baskets more that stand in the journal."""


class CannotImport(Exception):
    """Why the year cannot be imported, and what to do, as a sentence."""


class Import(Struct, frozen=True):
    """What is to be imported."""

    rows: Rows
    zone: str
    """The programme's: a basket of nine in the morning is one of nine there."""
    weeks: int
    """By which the year is moved."""
    baskets: dict[int, int]
    """How many, by household."""


class Imported(Struct):
    """What stands in the journal now, and how much of it did before."""

    households: int = 0
    baskets: int = 0
    baskets_before: int = 0


async def prepared(database: Database, rows: Rows, households: int | None, at: Instant) -> Import:
    """The first so many households (all if None), with partner and shops taken in. CannotImport without a programme for it."""
    async with database.transaction() as db:
        program = await rulebooks.program(db)
        zone = program.rulebook.zone
        weeks = await weeks_before(db, rows, zone)
        if weeks is None:
            weeks = (wall(at, zone) - rows.last_wall) // WEEK
        promised(program, rows, weeks)
        await open_shops(db, rows.stores(), zone)
    chosen = list(rows.visits().items())[:households]
    return Import(rows, zone, weeks, dict(chosen))


async def weeks_before(db: Connection, rows: Rows, zone: str) -> int | None:
    """By how many weeks an earlier run has moved the year: its first basket tells."""
    first = rows.baskets(next(iter(rows.spans)))[0]
    found = await journal.whose(db, fact_id(first.id))
    return round((wall(found.at, zone) - first.wall) / WEEK) if found else None


def promised(program: Program, rows: Rows, weeks: int) -> None:
    zone = program.rulebook.zone
    first, last = (instant(each + weeks * WEEK, zone) for each in (rows.first_wall, rows.last_wall))
    what_to_do = (
        f"publish one for the whole of it, `punchcard publish FILE --since {day(first, zone)}`, and import then"
    )
    begun = [each.since for each in (*program.rulebook.terms, *program.rulebook.challenges)]
    if not begun:
        raise CannotImport(f"No programme is published, so the year would count for nothing: {what_to_do}.")
    if min(begun) > last:
        raise CannotImport(
            f"What is published holds from {day(min(begun), zone)} on, and the year ends on {day(last, zone)}, so nothing"
            f" of it would count: {what_to_do} (on a journal without facts)."
        )


def day(at: Instant, zone: str) -> date:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date()


async def open_shops(db: Connection, stores: list[int], zone: str) -> None:
    """The grocer and its shops, if they are not there."""
    if GROCER.id not in {each.id for each in await partners.partners(db)}:
        await partners.add_partner(db, GROCER)
    known = {each.id for each in await partners.shops(db)}
    for store in stores:
        if shop_id(store) not in known:
            await partners.add_shop(db, Shop(shop_id(store), GROCER.id, f"Store {store}", zone))


async def moved_in(database: Database, plan: Import, at: Instant, tell: Tell) -> Imported:
    """Let the households buy again, several at once, each one's baskets in their order. Raises what the journal raises."""
    imported, households = Imported(), iter(plan.baskets)
    anchor = next(households, None)
    if anchor is not None:
        await household_in(database, plan, anchor, at, tell, imported)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(HOUSEHOLDS_AT_ONCE):
                group.create_task(lane(database, plan, households, at, tell, imported))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return imported


async def lane(
    database: Database, plan: Import, households: Iterator[int], at: Instant, tell: Tell, imported: Imported
) -> None:
    for household in households:
        await household_in(database, plan, household, at, tell, imported)


async def household_in(
    database: Database, plan: Import, household: int, at: Instant, tell: Tell, imported: Imported
) -> None:
    count = plan.baskets[household]
    imported.households += 1
    imported.baskets += count
    async with database.reading() as db:
        complete = await journal.whose(db, fact_id(plan.rows.end(household)))
    if complete:
        imported.baskets_before += count
        tell(count)
        return
    bought = sales(plan.rows, household, plan.zone, plan.weeks)
    arrival = members.Arrival(f"Household {household}", LANGUAGES[household % len(LANGUAGES)], plan.zone, {}, "import")
    async with database.transaction() as db:
        member_id, _ = await members.member_of(db, f"household-{household}@journey.example", arrival, bought[0].at)
    for sale in bought:
        recorded = await journal.submit(database, member_id, sale, at)
        imported.baskets_before += recorded.repeated
        tell(1)
