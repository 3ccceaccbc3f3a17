"""What an offer brought, as it is measured: sums that stay exact whatever comes late or comes back, and what follows."""

import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard import insights, journal, offers
from punchcard.foundation import news
from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import new_id
from punchcard.foundation.locale import local
from punchcard.insights import lift_measuring, lift_sql
from punchcard.insights.lift_model import Day
from punchcard.offers import Offer, model, rounds_sql, sql
from punchcard.programme import Line, Return, Sale
from punchcard.reactions import REACTIONS
from punchcard.segments import Profile
from tests.almond import NOW, open_shops, publish, settle
from tests.test_offers import COFFEE
from tests.town import Town

pytestmark = pytest.mark.anyio

SINCE = NOW - 20 * DAY
OFFER: Offer = replace(COFFEE, since=SINCE, until=NOW + 2 * DAY, hold_out=50, margin_percent=40)
ZONE = "Asia/Jerusalem"


@pytest.fixture
async def street(db: Connection) -> AsyncIterator[Connection]:
    """The programme, its shops and an offer that began twenty days ago."""
    news.install(REACTIONS)
    await publish(db)
    await open_shops(db)
    await offers.publish(db, OFFER, SINCE)
    yield db


async def exposed(db: Connection, offer: Offer = OFFER, at: Instant = SINCE) -> UUID:
    member_id = await settle(db, Profile(tier="bud"))
    await db.execute(
        "insert into exposure (member_id, offer_id, held_out, opened_at) values ($1, $2, $3, $4)",
        member_id,
        offer.id,
        model.held_out(member_id, offer),
        at,
    )
    return member_id


async def use(db: Connection, member_id: UUID, fact_id: str, at: Instant, worth: int) -> None:
    await db.execute(
        "insert into offer_use (member_id, offer_id, fact_id, at, worth) values ($1, $2, $3, $4, $5)",
        member_id,
        OFFER.id,
        fact_id,
        at,
        worth,
    )


def sale(at: Instant, *amounts: int, quantity: int = 3) -> Sale:
    lines = tuple(Line(f"sku-{n}", "coffee", "", quantity, amount) for n, amount in enumerate(amounts))
    return Sale(id=str(new_id()), at=at, lines=lines, shop="nola-1", partner="nola")


async def write(house: Database, member_id: UUID, fact: Any) -> None:
    await journal.submit(house, member_id, fact, NOW)


async def round_of(house: Database, at: Instant = NOW, members: int = 7) -> int:
    """A whole round of measuring."""
    return await insights.measure_due(house, at, members)


def expected(people: dict[UUID, list[Any]], since: dict[UUID, Instant], uses: dict[str, int]) -> dict[Any, list[float]]:
    """The same sums the slow way: every member's total at the end of every day."""
    found: dict[Any, list[float]] = {}
    for member_id, facts in people.items():
        arm, days = model.held_out(member_id, OFFER), dict[Any, list[int]]()
        for each in facts:
            if not isinstance(each, Sale) or each.at < since[member_id]:
                continue
            back: dict[int, int] = {}
            for other in facts:
                if isinstance(other, Return) and other.deal == each.id:
                    for line, quantity in other.quantities.items():
                        back[line] = min(each.lines[line].quantity, back.get(line, 0) + quantity)
            left = [line.quantity - back.get(n, 0) for n, line in enumerate(each.lines)]
            cents = sum(line.amount * n // line.quantity for line, n in zip(each.lines, left, strict=True))
            mine = days.setdefault(local(each.at, ZONE).date(), [0, 0, 0])
            mine[0] += any(left)
            mine[1] += cents
            mine[2] += 40 * cents - 100 * uses.get(each.id, 0)
        totals = [0, 0, 0]
        for day in sorted(days):
            sums = found.setdefault((arm, day), [0.0] * 6)
            for n, more in enumerate(days[day]):
                sums[2 * n] += more
                sums[2 * n + 1] += (totals[n] + more) ** 2 - totals[n] ** 2
                totals[n] += more
    return {key: sums for key, sums in found.items() if any(sums)}


def kept(days: list[Day]) -> dict[Any, list[float]]:
    found = {
        (each.held_out, each.day): [
            each.visits, each.visits_squares, each.spend_cents, each.spend_squares, each.margin_hundredths, each.margin_squares,
        ]
        for each in days
    }  # fmt: skip
    return {key: sums for key, sums in found.items() if any(sums)}


async def test_the_sums_are_exact_whatever_comes_late_or_comes_back(street: Connection, house: Database) -> None:
    chance = random.Random(6)
    since = {await exposed(street, at=at): at for at in [SINCE + chance.randrange(5 * DAY) for _ in range(20)]}
    people: dict[UUID, list[Any]] = {each: [] for each in since}
    uses: dict[str, int] = {}
    await street.execute('update offer set benefit = \'{"type": "discount", "amount": 100}\' where id = $1', OFFER.id)

    for _ in range(4):
        for _ in range(25):
            member_id = chance.choice(list(people))
            bought = [each for each in people[member_id] if isinstance(each, Sale)]
            if bought and chance.random() < 0.3:
                of = chance.choice(bought)
                fact: Any = Return(
                    id=str(new_id()), at=of.at + HOUR, deal=of.id, quantities={0: chance.randint(1, 3)}, partner="nola"
                )
            else:
                fact = sale(SINCE - DAY + chance.randrange(20 * DAY), *(chance.randint(1, 5000) for _ in range(2)))
                if chance.random() < 0.5 and fact.at >= since[member_id]:
                    uses[fact.id] = chance.randint(1, 300)
                    await use(street, member_id, fact.id, fact.at, uses[fact.id])
            await write(house, member_id, fact)
            people[member_id].append(fact)
        await round_of(house)
        await street.execute("update lift_offer set measured_at = null")

        days = await lift_sql.days(street, OFFER.id)
        assert kept(days) == expected(people, since, uses)
        assert sum(each.members for each in days) == 20
        assert sum(each.uses for each in days) == len(uses)
    assert await round_of(house) == 0


async def test_a_round_that_is_killed_goes_on_where_it_stood(street: Connection, house: Database) -> None:
    people = [await exposed(street) for _ in range(10)]
    for each in people:
        await write(house, each, sale(SINCE + DAY, 1000))

    async with house.transaction() as db:
        first = await lift_measuring.measure_some(db, OFFER.id, NOW, 4)
    rest = await round_of(house, members=4)

    assert first == (4, False) and rest == 6
    assert sum(each.visits for each in await lift_sql.days(street, OFFER.id)) == 10


async def test_only_what_is_new_is_counted_again(street: Connection, house: Database) -> None:
    people = [await exposed(street) for _ in range(5)]
    await round_of(house)
    await write(house, people[0], sale(SINCE + DAY, 1000))

    at_once = await round_of(house, NOW + lift_measuring.AGAIN_SECONDS)
    later = await round_of(house, NOW + lift_measuring.AGAIN_SECONDS + 1)

    assert (at_once, later) == (0, 1)


async def test_what_is_bought_before_the_exposure_or_long_after_the_end_is_no_effect(
    street: Connection, house: Database
) -> None:
    short = replace(OFFER, id="short", until=SINCE + DAY)
    await sql.add(street, short, SINCE)
    member_id = await exposed(street, short, SINCE + HOUR)
    last = short.until + lift_measuring.AFTER_DAYS * DAY - 1
    for at in (SINCE, SINCE + HOUR, last, last + 1):
        await write(house, member_id, sale(at, 1000))

    await round_of(house)

    assert sum(each.visits for each in await lift_sql.days(street, "short")) == 2


async def crowd(db: Connection, treated: int, held_out: int) -> None:
    """An offer of which the sums say that each came once: whoever has it for `treated`, the others for `held_out`."""
    for arm, cents in ((False, treated), (True, held_out)):
        await db.execute(
            """
            insert into lift_day (offer_id, held_out, day, members, visits, visits_squares, spend_cents, spend_squares,
                                  margin_hundredths, margin_squares)
            values ($1, $2, '2026-11-18', 500, 500, 500, $3::bigint * 500, $4::bigint,
                    $3::bigint * 500 * 40, $4::bigint * 1600)
            """,
            OFFER.id,
            arm,
            cents,
            500 * cents * cents + 500 * 100 * 100,
        )


@pytest.mark.parametrize(
    "stop_when, treated, held_out, stops",
    [
        (["harm"], 900, 1000, "harm"),
        (["harm"], 1000, 1000, ""),
        (["harm"], 1100, 1000, ""),
        (["no-lift"], 1000, 1015, "no-lift"),
        (["no-lift"], 900, 1000, ""),
        (["harm", "no-lift"], 1100, 1000, ""),
        ([], 900, 1000, ""),
    ],
)
async def test_an_offer_stops_itself_at_what_it_was_told_to(
    street: Connection, house: Database, stop_when: list[str], treated: int, held_out: int, stops: str
) -> None:
    await street.execute("update offer set stop_when = $2 where id = $1", OFFER.id, stop_when)
    await crowd(street, treated, held_out)

    await round_of(house)

    stopped_at = await street.fetchval("select stopped_at from offer_round where offer_id = $1", OFFER.id)
    known = await lift_sql.measured(street, OFFER.id)
    found = await lift_measuring.brought(street, OFFER.id, "en")
    assert known and (known.because.verdict if known.because else "") == stops
    assert (stopped_at is not None) is bool(stops)
    acts = await street.fetch("select did, operator from offer_act where did = 'stopped'")
    assert [(row["did"], row["operator"]) for row in acts] == ([("stopped", None)] if stops else [])
    assert found.stopped_because.startswith("It stopped itself.") is bool(stops)


async def test_an_offer_that_nobody_goes_without_says_so(street: Connection) -> None:
    await street.execute("update offer set hold_out = 0 where id = $1", OFFER.id)

    found = await lift_measuring.brought(street, OFFER.id, "en")

    assert found.says == "Nobody is held out, so nothing can be compared."
    assert [each.verdict for each in found.effects] == ["early"] * 3


@pytest.mark.parametrize("language", ["en", "he", "ar", "ru"])
async def test_the_console_shows_both_groups_and_says_what_can_be_said(
    town: Town, db: Connection, language: str
) -> None:
    await sql.add(db, replace(OFFER, name=OFFER.name | {"en": "=HYPERLINK(1)"}), NOW)
    await crowd(db, 1100, 1000)

    answer = await town.ask("GET", "/console/offers/coffee-x2/lift", key=town.operator_key, language=language)
    table = await town.ask("GET", "/console/offers/coffee-x2/lift.csv", key=town.operator_key)

    body = answer.json()
    visits, spend, margin = body["effects"]
    assert (visits["verdict"], spend["verdict"], margin["verdict"]) == ("early", "lift", "lift")
    assert spend["difference"] == 100 and 0 < spend["lower"] < 100 < spend["upper"]
    assert margin["difference"] == 40 and margin["days_until_enough"] == 0
    assert "{" not in body["says"]
    assert table.text.splitlines()[3].startswith(
        "coffee-x2,'=HYPERLINK(1),ILS,spend,has-it,500,550000.00,1100.0000,100,"
    )
    assert table.headers["content-disposition"] == 'attachment; filename="lift-coffee-x2.csv"'


async def test_the_lift_of_no_offer_is_not_found(town: Town) -> None:
    assert (await town.ask("GET", "/console/offers/nothing/lift", key=town.operator_key)).status_code == 404


async def test_a_gift_is_no_sale_that_used_the_offer(street: Connection, house: Database) -> None:
    people = [await exposed(street) for _ in range(5)]
    for each in people:
        await use(street, each, "gift", NOW, 0)
    await write(house, people[0], bought := sale(SINCE + DAY, 1000))
    await use(street, people[0], bought.id, bought.at, 10)

    await round_of(house)
    days = await lift_sql.days(street, OFFER.id)

    assert [sum(getattr(each, of) for each in days) for of in ("users", "uses", "visits")] == [1, 1, 1]
    assert (await lift_sql.funnel(street, OFFER.id)).used == 1


async def test_the_funnel_counts_how_far_members_came(street: Connection) -> None:
    people = [await exposed(street) for _ in range(40)]
    given = [each for each in people if not model.held_out(each, OFFER)]
    for n, column in enumerate(("received_at", "opened_at", "read_at")):
        await street.execute(
            f"""
            insert into message (member_id, id, kind, subject, title, body, decided_at, state, channel, sent_at, {column})
            values ($1, $2, 'offer', $3, '', '', $4, 'sent', 'push', $4, $4)
            """,
            given[n],
            f"offer:{n}",
            OFFER.id,
            NOW,
        )
    await street.execute("update exposure set activated_at = $2 where member_id = $1", given[0], NOW)
    await use(street, given[0], "a", NOW, 10)
    await use(street, given[0], "b", NOW, 10)

    funnel = await lift_sql.funnel(street, OFFER.id)

    assert funnel.given == len(given)
    assert (funnel.sent, funnel.received, funnel.opened, funnel.activated, funnel.used) == (3, 2, 2, 1, 1)


def test_the_hold_out_is_uniform_and_of_each_offer_anew() -> None:
    people = [new_id() for _ in range(20_000)]
    one, other = replace(OFFER, id="one", hold_out=20), replace(OFFER, id="other", hold_out=20)

    of_one = {each for each in people if model.held_out(each, one)}
    of_other = {each for each in people if model.held_out(each, other)}

    assert abs(len(of_one) / 20_000 - 0.2) < 0.012
    assert abs(len(of_one & of_other) / len(of_one) - 0.2) < 0.03
    assert of_one <= {each for each in people if model.held_out(each, replace(one, hold_out=30))}


async def test_the_hold_out_stays_whoever_asks_again(street: Connection) -> None:
    people = [await exposed(street) for _ in range(30)]
    before = await street.fetch("select member_id, held_out from exposure order by member_id")

    turned = [not model.held_out(each, OFFER) for each in people]
    again = await rounds_sql.expose(street, OFFER.id, people, turned, None, NOW)

    assert again.members == 0
    assert await street.fetch("select member_id, held_out from exposure order by member_id") == before
    assert {row["held_out"] for row in before} == {True, False}


async def test_operators_alone_may_see_it(town: Town) -> None:
    assert (await town.ask("GET", "/console/offers/coffee-x2/lift", key=town.till_key)).status_code == 401


async def test_whoever_opens_it_is_measured_by_the_clock(town: Town, db: Connection) -> None:
    await sql.add(db, OFFER, NOW)
    await exposed(db)

    await town.follow()

    known = await lift_sql.measured(db, OFFER.id)
    assert known and known.measured_at == town.clock.now()
