"""The last units of an offer, wanted by many at once, on connections of their own."""

import asyncio
from pathlib import Path

import pytest

from punchcard import budgets
from punchcard.budgets import Wanted
from punchcard.foundation import news
from punchcard.foundation.clock import HOUR
from punchcard.foundation.database import Database
from punchcard.programme import NEVER
from punchcard.reactions import REACTIONS
from tests.test_offers_desk import desk, draft
from tests.test_offers_desk_life import used
from tests.town import NOON, StandingClock, opened, settings_in

pytestmark = pytest.mark.anyio


async def taken(database: Database, *pots: str) -> dict[str, int]:
    async with database.reading() as db:
        return await budgets.spent(db, pots)


async def test_of_the_pots_of_one_offer_a_fact_takes_all_or_none(pool: Database) -> None:
    wanted = {
        "rolls": Wanted(50, 10_000, NEVER),
        "rolls/units": Wanted(1, 7, NEVER),
        "rolls/units/nola-1": Wanted(1, 5, NEVER),
    }

    got = await asyncio.gather(*(budgets.reserve(pool, f"sale-{n}", wanted, NOON) for n in range(40)))

    assert sorted(tuple(each.values()) for each in got) == [(0, 0, 0)] * 35 + [(50, 1, 1)] * 5
    assert await taken(pool, *wanted) == {"rolls": 250, "rolls/units": 5, "rolls/units/nola-1": 5}


async def test_what_a_refused_fact_had_set_aside_is_free_in_every_pot(pool: Database) -> None:
    wanted = {"rolls": Wanted(50, 10_000, NEVER), "rolls/units": Wanted(1, 1, NEVER), "other": Wanted(1, 1, NEVER)}
    await budgets.reserve(pool, "refused", wanted, NOON)

    await budgets.give_up(pool, "refused", ["rolls"])

    assert await taken(pool, *wanted) == {"rolls": 0, "rolls/units": 0, "other": 1}


async def test_sales_at_once_at_the_last_units_never_get_more_than_there_are(pool: Database, tmp_path: Path) -> None:
    news.install(REACTIONS)
    async with opened(pool, settings_in(tmp_path), StandingClock()) as town:
        people = [await town.join(f"m{n}@example.com") for n in range(4)]
        willing = {"type": "consents-to", "purpose": "marketing"}
        fixed = {"type": "fixed", "points": 50}
        body = draft(town, audience=willing, benefit=fixed, budget={"units": 5, "cents": 100_00})
        assert (await desk(town, "PUT", body)).status_code == 201
        town.clock.at += HOUR
        await town.follow()

        got = await asyncio.gather(*(used(town, person) for person in people * 4))

        assert sorted(got) == [0] * 11 + [50] * 5
        assert (await taken(pool, "coffee-x2/units")) == {"coffee-x2/units": 5}
