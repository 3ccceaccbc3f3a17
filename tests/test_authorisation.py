"""What may be spent by the card as it was shown: floors, pace, distance, the day, the lock and the switch."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard import authorisation, members, partners
from punchcard.authorisation import Limits, Shown, Spending, judging
from punchcard.authorisation.model import (
    AboveFloor,
    CodeUsed,
    DayLimit,
    Place,
    RotatingLocked,
    RotatingWrong,
    ShownElsewhere,
    SpendingOff,
    SpendLocked,
    TooFar,
    TooFast,
    Trace,
)
from punchcard.foundation import news
from punchcard.foundation.clock import DAY, HOUR, MINUTE
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import new_id
from punchcard.partners import Partner, Shop, Till
from punchcard.reactions import REACTIONS
from tests.town import NOON, Town, line

TEL_AVIV, HAIFA, EILAT = (32.0853, 34.7818), (32.7940, 34.9896), (29.5577, 34.9519)
SHOPS = {"here": TEL_AVIV, "near": (32.0860, 34.7900), "north": HAIFA, "south": EILAT, "unknown": None}
CARD = Shown(b"c" * 32)
MAYA = UUID(int=7)
ids = itertools.count()


def till(shop: str = "here", name: str = "1") -> Till:
    return Till(f"{shop}-{name}", shop, "almond", "Asia/Jerusalem")


def spending(worth: int = 10_00, shop: str = "here", at: int = NOON, shown: Shown = CARD, **more: Any) -> Spending:
    given: dict[str, Any] = {"member_id": MAYA, "fact_id": f"sale-{next(ids)}", "till_id": f"{shop}-1"} | more
    return Spending(shown=shown, shop_id=shop, worth=worth, at=at, **given)


def rotating(seconds: int = 0, card: bytes = CARD.code_hash) -> Shown:
    return Shown(card, "rotating", (NOON + seconds) // 30)


async def verdict(answer: Awaitable[None]) -> str:
    """Nothing when it passed, else the refusal's code."""
    try:
        await answer
    except Refused as refused:
        return refused.code
    return ""


async def open_shops(database: Database) -> Database:
    news.install(REACTIONS)
    async with database.transaction() as db:
        await partners.add_partner(db, Partner("almond", {"en": "Almond"}, 40, 0.1))
        for name, place in SHOPS.items():
            latitude, longitude = place or (None, None)
            await partners.add_shop(
                db, Shop(name, "almond", name, "Asia/Jerusalem", latitude=latitude, longitude=longitude)
            )
    return database


@pytest.fixture
async def shops(house: Database) -> Database:
    return await open_shops(house)


@pytest.fixture
async def meeting(pool: Database) -> Database:
    return await open_shops(pool)


async def each_of(database: Database, *asked: Spending) -> list[str]:
    return [await verdict(authorisation.permit(database, each)) for each in asked]


def case(*, place: Any = None, trail: Any = (), **more: Any) -> Limits:
    said = Place(True, 500_00, False, 20_00, *TEL_AVIV, None) if place is None else place
    return judging.allowance(said, trail, spending(**more))


def trace(worth: int = 0, seconds_ago: int = HOUR, **more: Any) -> Trace:
    said: dict[str, Any] = {"till_id": "here-1", "covered": 0, "holds": (), "proof": "static", "approved": False} | more
    return Trace(f"old-{next(ids)}", NOON - seconds_ago, worth=worth, **said)


OPEN = Place(True, 500_00, False, 20_00, *TEL_AVIV, None)


@pytest.mark.parametrize(
    "place, trail, shown, expected",
    [
        (OPEN, (), CARD, (20_00, "above-floor")),
        (OPEN, (), replace(CARD, proof="tap"), (20_00, "above-floor")),
        (OPEN, (), rotating(), (500_00, "day-limit")),
        (replace(OPEN, allowed=False), (), rotating(), (0, "spending-off")),
        (replace(OPEN, locked=True), (), rotating(), (0, "spend-locked")),
        (replace(OPEN, floor_limit=0), (), CARD, (0, "above-floor")),
        (replace(OPEN, floor_limit=0), (), rotating(), (500_00, "day-limit")),
        (replace(OPEN, step_fact="another"), (), rotating(), (0, "code-used")),
        (replace(OPEN, floor_limit=0), [trace(0, 599)] * 4, replace(CARD, proof="app"), (500_00, "day-limit")),
        (replace(OPEN, allowed=False), (), replace(CARD, proof="app"), (0, "spending-off")),
        (OPEN, (trace(19_99),), CARD, (20_00, "above-floor")),
        (OPEN, (trace(19_99), trace(19_99)), CARD, (2, "above-floor")),
        (OPEN, (trace(20_00), trace(20_00, proof="tap")), CARD, (0, "above-floor")),
        (OPEN, (trace(20_00), trace(20_00)), rotating(), (460_00, "day-limit")),
        (OPEN, (trace(20_00), trace(20_00, DAY)), CARD, (20_00, "above-floor")),
        (OPEN, (trace(40_00, proof="rotating"),), CARD, (20_00, "above-floor")),
        (OPEN, (trace(40_00, approved=True),), CARD, (20_00, "above-floor")),
        (OPEN, (trace(490_00, proof="rotating"),), CARD, (10_00, "day-limit")),
        (OPEN, (trace(500_00, proof="rotating"),), rotating(), (0, "day-limit")),
        (OPEN, (trace(500_00, proof="rotating", approved=True),), rotating(), (500_00, "day-limit")),
        (OPEN, [trace(0, 599)] * 4, CARD, (0, "too-fast")),
        (OPEN, [trace(0, 600)] * 4, CARD, (20_00, "above-floor")),
        (OPEN, [trace(0, 599)] * 3, CARD, (20_00, "above-floor")),
        (OPEN, [trace(0, 599, holds=("h",), covered=9)] * 4, CARD, (20_00, "above-floor")),
        (OPEN, [trace(0, 599)] * 4, rotating(), (500_00, "day-limit")),
    ],
)
def test_what_may_be_spent_as_the_card_was_shown(place: Place, trail: Any, shown: Shown, expected: tuple[int, str]):
    allowed = case(place=place, trail=trail, shown=shown)

    assert (allowed.worth, allowed.why) == expected


@pytest.mark.parametrize(
    "where, seconds_ago, far",
    [
        (EILAT, 10 * MINUTE, True),
        (EILAT, HOUR, True),
        (EILAT, 2 * HOUR, False),
        (HAIFA, 20 * MINUTE, True),
        (HAIFA, 35 * MINUTE, False),
        (SHOPS["near"], 0, False),
        ((None, None), 0, False),
    ],
)
def test_nobody_spends_in_two_places_faster_than_one_travels(where: Any, seconds_ago: int, far: bool):
    elsewhere = trace(1_00, seconds_ago, latitude=where[0], longitude=where[1])

    assert (case(trail=[elsewhere]).why == "too-far") is far
    assert case(trail=[elsewhere], shown=rotating()).why == "day-limit"


def test_distances_are_those_of_a_map():
    assert judging.distance_km(TEL_AVIV, EILAT) == pytest.approx(281.5, abs=1)
    assert judging.distance_km(TEL_AVIV, HAIFA) == pytest.approx(81.2, abs=1)
    assert judging.distance_km((0, 179.9), (0, -179.9)) == pytest.approx(22.2, abs=0.1)
    assert judging.distance_km(TEL_AVIV, TEL_AVIV) == 0


async def test_ten_sales_just_below_the_floor_are_no_way_round_it(shops):
    small = [spending(19_99, at=NOON + i * HOUR) for i in range(10)]

    passed = await each_of(shops, *small)

    assert passed == ["", ""] + ["above-floor"] * 8
    assert await each_of(shops, spending(19_99, at=NOON + DAY)) == [""], "the first of them is a day ago"


async def test_a_static_code_spends_up_to_the_floor_of_the_shop_and_a_rotating_one_more(shops):
    async with shops.transaction() as db:
        await partners.operations.change_shop(db, "near", "near", 0, None, None)

    codes = [
        spending(20_00),
        spending(20_01),
        spending(20_01, shown=replace(CARD, proof="tap")),
        spending(1, "near"),
        spending(0, "near"),
        spending(0, "nowhere"),
        spending(300_00, shown=rotating()),
        spending(180_01, at=NOON + 30, shown=rotating(30)),
        spending(180_00, at=NOON + 60, shown=rotating(60)),
    ]

    assert await each_of(shops, *codes) == [
        "", "above-floor", "above-floor", "above-floor", "above-floor", "above-floor", "", "day-limit", "",
    ]  # fmt: skip


async def test_whoever_asks_again_for_the_same_is_let_through_and_counted_once(shops):
    sale = spending(15_00, shown=rotating())

    assert await each_of(shops, sale, sale, replace(sale, at=NOON + HOUR), replace(sale, worth=14_00)) == [""] * 4
    late = replace(sale, shown=Shown(CARD.code_hash, wrong=True), at=NOON + HOUR)
    assert await each_of(shops, late) == [""], "the code is over, the answer was lost: nothing is guessed"
    more = await each_of(shops, replace(sale, worth=500_01), replace(sale, worth=500_00))
    assert more == ["day-limit", ""], "more than before is judged anew, without what it was before"


async def test_twenty_spendings_in_ten_minutes_trip_by_the_fifth(shops):
    burns = [spending(1_00, at=NOON + 30 * i) for i in range(20)]

    passed = await each_of(shops, *burns)

    assert passed == [""] * 4 + ["too-fast"] * 16


async def test_a_copied_card_is_stopped_where_its_member_cannot_be(shops):
    mine = spending(5_00)
    copied = spending(5_00, "south", NOON + 10 * MINUTE)
    proven = spending(5_00, "south", NOON + 10 * MINUTE, rotating(600))

    assert await each_of(shops, mine, copied, proven) == ["", "too-far", ""]
    assert await each_of(shops, spending(5_00, "unknown", NOON + 11 * MINUTE)) == [""]


async def test_what_holds_cover_was_counted_when_they_were_made(shops):
    hold = spending(20_00, fact_id="hold")
    first = spending(15_00, holds=("hold",), at=NOON + 5 * DAY)
    rest = spending(5_00, holds=("hold",), at=NOON + 6 * DAY)
    beyond = spending(20_01, holds=("hold",), at=NOON + 6 * DAY)

    assert await each_of(shops, hold, first, rest, beyond, first) == ["", "", "", "above-floor", ""]
    async with shops.transaction() as db:
        await authorisation.operations.lock(db, MAYA, NOON)
    assert await each_of(shops, rest, spending(1)) == ["", "spend-locked"], "what was promised to the shop is its own"


async def test_a_rotating_code_spends_once_or_by_a_hold_and_the_sale_that_captures_it(shops):
    hold = spending(100_00, shown=rotating(), fact_id="hold")
    captures = spending(130_00, shown=rotating(), holds=("hold",))
    others = [spending(10_00, shown=rotating()), replace(hold, fact_id="hold-2")]

    assert await each_of(shops, hold, captures, *others) == ["", "", "code-used", "code-used"]


async def test_a_rotating_code_is_good_at_the_first_till_that_shows_it(shops):
    assert await verdict(authorisation.presented(shops, rotating(), till(), NOON)) == ""
    assert await verdict(authorisation.presented(shops, rotating(), till(), NOON + 14 * MINUTE)) == ""
    assert await verdict(authorisation.presented(shops, rotating(), till(name="2"), NOON + 1)) == "shown-elsewhere"
    assert await each_of(shops, spending(1, shown=rotating(), till_id="here-2")) == ["shown-elsewhere"]
    assert await each_of(shops, spending(1, shown=rotating())) == [""]
    assert await verdict(authorisation.presented(shops, CARD, till(name="2"), NOON)) == "", "earning needs no proof"


async def test_whatever_time_a_till_told_a_code_is_of_now_by_our_clock(shops):
    for seconds in (-61, 90, 3600):
        assert await verdict(authorisation.presented(shops, rotating(), till(), NOON + seconds)) == "rotating-wrong"
    assert await each_of(shops, spending(50_00, shown=rotating(), at=NOON + 90)) == ["rotating-wrong"]
    assert await verdict(authorisation.presented(shops, rotating(), till(), NOON + 59)) == ""


async def test_who_is_signed_in_spends_without_a_code_and_above_the_floor(shops):
    shown = replace(CARD, proof="app")

    assert await each_of(shops, *[spending(90_00, shown=shown) for _ in range(6)]) == [""] * 5 + ["day-limit"]


async def test_of_two_tills_that_show_one_code_at_once_one_wins(meeting):
    for each in range(10):
        shown = rotating(30 * each)
        tills = [authorisation.presented(meeting, shown, till(name=str(name)), NOON + 30 * each) for name in range(4)]

        verdicts = await asyncio.gather(*map(verdict, tills))

        assert sorted(verdicts) == ["", *["shown-elsewhere"] * 3]


async def test_of_two_sales_by_one_code_at_once_one_wins(meeting):
    for each in range(10):
        sales = [spending(1_00, at=NOON + 30 * each, shown=rotating(30 * each)) for _ in range(4)]

        verdicts = await asyncio.gather(*(verdict(authorisation.permit(meeting, sale)) for sale in sales))

        assert sorted(verdicts) == ["", *["code-used"] * 3]


async def test_the_floor_holds_against_many_tills_at_once(meeting):
    sales = [spending(19_00, till_id=f"here-{name}") for name in range(12)]

    verdicts = await asyncio.gather(*(verdict(authorisation.permit(meeting, sale)) for sale in sales))

    assert verdicts.count("") == 2


async def test_five_wrong_codes_lock_the_card_out_for_a_quarter_of_an_hour_and_the_right_one_too(shops):
    wrong = Shown(CARD.code_hash, wrong=True)
    told = [await verdict(authorisation.presented(shops, wrong, till(), NOON + each)) for each in range(4)]
    told += await each_of(shops, spending(1, shown=wrong, at=NOON + 4))
    assert told == ["rotating-wrong"] * 5

    burst = [await verdict(authorisation.presented(shops, wrong, till(), NOON + 5)) for _ in range(20)]
    right = await verdict(authorisation.presented(shops, rotating(), till(), NOON + 6))

    assert {*burst, right} == {"rotating-locked"}, "whether it was right, nobody hears"
    assert await verdict(authorisation.presented(shops, rotating(0, b"d" * 32), till(), NOON + 6)) == ""
    assert await each_of(shops, spending(1_00, at=NOON + 7)) == [""], "a static code is as good as ever"
    late = NOON + 15 * MINUTE
    assert await verdict(authorisation.presented(shops, rotating(900), till(), late)) == ""


async def test_a_session_that_was_opened_by_a_right_code_is_not_locked_out(shops):
    wrong = Shown(CARD.code_hash, wrong=True)
    await authorisation.presented(shops, rotating(), till(), NOON)
    for _ in range(7):
        await verdict(authorisation.presented(shops, wrong, till(name="2"), NOON + 1))

    assert await each_of(shops, spending(50_00, shown=rotating(), at=NOON + 2)) == [""]


async def test_guesses_at_once_are_counted_one_by_one(meeting):
    wrong = Shown(CARD.code_hash, wrong=True)

    verdicts = await asyncio.gather(
        *(verdict(authorisation.presented(meeting, wrong, till(), NOON)) for _ in range(40))
    )

    assert verdicts.count("rotating-wrong") == 5 and verdicts.count("rotating-locked") == 35


def test_a_million_guesses_hit_less_than_once_in_a_million():
    """At 500 a second, against one card: the windows that begin in their time, five heard in each, three codes good."""
    guesses, a_second = 1_000_000, 500
    window = authorisation.operations.WRONG_SECONDS
    heard = since = wrong = 0
    for each in range(0, guesses, a_second):
        second = each // a_second
        if second - since >= window:
            since, wrong = second, 0
        now = min(a_second, authorisation.operations.WRONG_MOST - wrong)
        heard, wrong = heard + now, wrong + now
    codes = 2 * authorisation.codes.STEPS_EITHER_WAY + 1

    assert heard == 15
    assert heard * codes / 10**authorisation.codes.DIGITS < 1e-6


async def test_what_a_quote_says_is_what_a_sale_may(shops):
    said = await authorisation.limits(shops, spending(0))
    assert said == Limits(20_00, "approval", "above-floor")

    await authorisation.permit(shops, spending(said.worth or 0))

    assert await authorisation.limits(shops, spending(0, "north", NOON + 60)) == Limits(0, "approval", "too-far")
    assert await authorisation.limits(shops, spending(0, shown=rotating())) == Limits(480_00, "approval", "day-limit")


async def test_what_is_over_is_forgotten_and_what_holds_need_is_not(shops):
    await authorisation.permit(shops, spending(20_00, shown=rotating(), fact_id="hold"))

    assert await authorisation.sweep(shops, NOON + HOUR) == 0
    assert await authorisation.sweep(shops, NOON + 7 * DAY) == 2, "the code and its guesses"
    assert await each_of(shops, spending(20_00, holds=("hold",), at=NOON + 7 * DAY)) == [""]
    assert await authorisation.sweep(shops, NOON + 16 * DAY) == 2


async def switch(town: Town, allowed: bool, **more: Any) -> Any:
    return await town.ask("PUT", "/console/spending", {"allowed": allowed, **more}, town.operator_key)


async def test_spending_is_switched_off_for_everybody_and_earning_goes_on(town):
    maya, database = await town.join("maya@example.com"), town.outside.world.database
    burn = spending(1_00, "nola-1", shown=Shown(members.scanned(maya.card)), member_id=maya.member_id)

    async def busy() -> list[int]:
        return [(await town.sell(maya, line(5_00))).status_code for _ in range(30)]

    sales = asyncio.create_task(busy())
    assert (await switch(town, False)).json() == {"allowed": False, "day_limit": 500_00}
    assert await each_of(database, burn, replace(burn, shown=rotating())) == ["spending-off"] * 2
    assert set(await sales) == {200}
    assert (await switch(town, True, day_limit=1)).json() == {"allowed": True, "day_limit": 1}
    assert await each_of(database, burn) == ["day-limit"]
    assert (await town.ask("GET", "/console/spending", key=town.operator_key)).json()["day_limit"] == 1


async def test_only_owners_switch_spending_off(town):
    made = await town.ask("POST", "/console/operators", {"name": "Omer"}, town.operator_key)

    answer = await town.ask("PUT", "/console/spending", {"allowed": False}, made.json()["key"])

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:punchcard:owners-only")


async def test_a_member_locks_spending_and_unlocks_it_at_once(town):
    maya, database = await town.join("maya@example.com"), town.outside.world.database
    burn = spending(1_00, "nola-1", member_id=maya.member_id)

    assert (await maya.ask("PUT", "/me/spend-lock")).json() == {"locked": True, "since": "2026-11-18T10:00:00Z"}
    town.clock.at += 60
    assert (await maya.ask("PUT", "/me/spend-lock")).json()["since"] == "2026-11-18T10:00:00Z"
    assert await each_of(database, burn, replace(burn, shown=rotating())) == ["spend-locked"] * 2
    assert (await town.sell(maya, line(5_00))).status_code == 200, "it earns"
    assert (await maya.ask("DELETE", "/me/spend-lock")).status_code == 204
    assert await maya.get("/me/spend-lock") == {"locked": False, "since": None}
    assert await each_of(database, burn) == [""]


async def test_the_phone_shows_the_codes_without_a_network(town, papers):
    maya = await town.join("maya@example.com")

    answer = await maya.ask("GET", "/me/card/codes")

    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()
    assert (said["period"], said["digits"], said["static"]) == (30, 8, said["prefix"])
    digits = authorisation.codes.totp(bytes.fromhex(said["key"]), NOON // said["period"])
    code = members.scanned(maya.card)
    for text, proof in ((said["prefix"] + digits, "rotating"), (said["tap"], "tap"), (said["static"], "static")):
        shown = authorisation.shown(papers.secrets, text, till(), NOON)
        assert (shown.code_hash, shown.proof, shown.wrong) == (code, proof, False)


@pytest.mark.parametrize(
    "refusal", [SpendingOff, SpendLocked, CodeUsed, AboveFloor, TooFast, TooFar, DayLimit, RotatingWrong,
                RotatingLocked, ShownElsewhere],
)  # fmt: skip
def test_a_cashier_is_told_what_to_do_next(refusal: Callable[[], Refused]):
    for language in ("en", "he", "ar", "ru"):
        assert len(refusal().sentence(language)) > len(refusal().title) / 2
        assert refusal().sentence(language) != f"{refusal().title}."


async def test_above_the_floor_a_copied_code_is_refused_and_the_session_of_a_rotating_one_pays(town, papers):
    maya = await town.join("maya@example.com")
    await town.sell(maya, line(20_000_00))
    town.clock.at += DAY
    basket = {"cashier": "Dana", "lines": [line(30_00)], "tenders": [{"kind": "points", "amount": 30_00}]}
    code = authorisation.rotating(papers.secrets, maya.card, town.clock.at)
    quoted = await town.ask("POST", "/till/quotes", {**basket, "card": code}, town.till_keys["nola"])
    elsewhere = await town.ask("POST", "/till/quotes", {**basket, "card": code}, town.till_keys["miro"])

    copied, paid = [
        await town.ask("PUT", f"/till/sales/{new_id()}", {**basket, "card": card}, town.till_keys["nola"])
        for card in (maya.card, quoted.json()["session"])
    ]

    assert (copied.status_code, copied.json()["type"]) == (409, "urn:punchcard:above-floor")
    assert (paid.status_code, elsewhere.json()["type"]) == (200, "urn:punchcard:shown-elsewhere"), paid.text
