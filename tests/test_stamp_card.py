"""A programme whose first currency is no points: a stamp card that is joined, stamped, shown, paid with and cashed in."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from punchcard import passes, segments
from punchcard.demo import town as almond
from punchcard.foundation.clock import DAY, HOUR, moment
from punchcard.foundation.ids import new_id
from punchcard.foundation.settings import Settings
from punchcard.segments import PointsAtLeast
from tests.conftest import OneTransaction
from tests.town import NOON, Person, StandingClock, Town, line, opened

STAMPS = """
[programme]
name = { en = "Ten coffees", he = "Ten coffees", ar = "Ten coffees", ru = "Ten coffees" }
zone = "Asia/Jerusalem"
currency = "ILS"
languages = ["en", "he", "ar", "ru"]

[points]
id = "stamps"
name = { en = "Stamps", he = "חותמות", ar = "أختام", ru = "Штампы" }
kind = "stamps"
value = 50
expiry = { months = 12, round = "month" }

[[tier]]
id = "guest"
name = { en = "Guest", he = "Guest", ar = "Guest", ru = "Guest" }

[[tier]]
id = "regular"
name = { en = "Regular", he = "Regular", ar = "Regular", ru = "Regular" }
threshold = 20

[[earn]]
id = "a-stamp"
name = { en = "A stamp a cup", he = "A stamp a cup", ar = "A stamp a cup", ru = "A stamp a cup" }
award = { kind = "per-unit", points = 1 }
goods = { categories = ["coffee"] }

[[reward]]
id = "free-cup"
name = { en = "A cup on us", he = "A cup on us", ar = "A cup on us", ru = "A cup on us" }
points = 10
kind = "item"
"""


@pytest.fixture
async def town(
    house: OneTransaction, papers: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """The town with a stamp card instead of its points."""
    programme = tmp_path / "stamps.toml"
    programme.write_text(STAMPS)
    monkeypatch.setattr(almond, "PROGRAMME", programme)
    async with opened(house, papers, StandingClock()) as made:
        yield made


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com")


def cups(n: int) -> dict[str, Any]:
    return line(1000 * n, quantity=n)


async def test_a_card_shows_the_stamps_that_sales_gave_as_quote_and_receipt_said(town, maya):
    quoted = await town.ask(
        "POST", "/till/quotes", {"card": maya.card, "cashier": "Dana", "lines": [cups(3)]}, town.till_key
    )
    sold = await town.sell(maya, cups(3))
    card = await maya.get("/me/card")

    assert (quoted.json()["earns"], quoted.json()["balance_after"]) == (3, 3)
    assert (sold.json()["earned"], sold.json()["balance"]) == (3, 3)
    assert (card["points"], card["unit"], card["worth"]["amount"]) == (3, "Stamps", 150)
    assert (await maya.get("/me/card", "he"))["unit"] == "חותמות"
    assert card["expiring"]["points"] == 3
    assert [each["points"] for each in (await maya.get("/me/activity"))["lines"]] == [3]


async def test_a_reward_is_claimed_for_stamps_and_used_up(town, maya):
    await town.sell(maya, cups(12))
    claim = new_id()
    claimed = await maya.ask("PUT", f"/me/claims/{claim}", {"reward": "free-cup"})
    used = await town.sell(maya, cups(1), vouchers=[str(claim)])

    assert claimed.status_code in (200, 201), claimed.text
    assert (used.json()["vouchers_used"], used.json()["balance"]) == ([str(claim)], 3)
    assert (await maya.get("/me/card"))["points"] == 3


async def test_too_few_stamps_claim_nothing(town, maya):
    await town.sell(maya, cups(9))

    refused = await maya.ask("PUT", f"/me/claims/{new_id()}", {"reward": "free-cup"})

    assert refused.status_code == 409 and (await maya.get("/me/card"))["points"] == 9


async def test_the_tender_points_pays_with_stamps_and_a_return_gives_them_back(town, maya):
    await town.sell(maya, cups(8))
    id = new_id()
    tenders = [{"kind": "points", "amount": 200}, {"kind": "cash", "amount": 800}]
    paid = await town.sell(maya, line(1000, "cake"), id=id, tenders=tenders)
    town.clock.at += 60
    back = {"quantities": [{"line": 0, "quantity": 1}], "points": 4}
    returned = await town.ask("PUT", f"/till/sales/{id}/returns/{new_id()}", back, town.till_key)

    assert (paid.json()["spent"], paid.json()["balance"]) == (4, 4), paid.text
    assert (returned.json()["spent"], returned.json()["balance"]) == (-4, 8), returned.text


async def test_a_sale_of_long_ago_is_settled_in_stamps(town, maya):
    town.clock.at += 40 * DAY

    settled = await town.sell(maya, cups(2), at=moment(NOON).isoformat())

    assert settled.status_code == 200, settled.text
    assert (settled.json()["earned"], settled.json()["balance"]) == (2, 2)


async def test_both_wallets_and_segments_see_the_stamps(town, maya):
    await town.sell(maya, cups(7))
    async with town.outside.world.database.transaction() as db:
        face = await passes.face(db, maya.member_id, NOON)
        profile = await segments.profile(db, maya.member_id, NOON)

    assert (face.points, face.unit["ru"], face.last and face.last.points) == (7, "Штампы", 7)
    assert profile and segments.holds(PointsAtLeast(7), profile, NOON)
    assert not segments.holds(PointsAtLeast(8), profile, NOON)


async def test_stamps_are_sent_to_a_friend_without_naming_them(town, maya):
    daniel = await town.join("daniel@example.com", "Daniel")
    await town.sell(maya, cups(5))

    sent = await maya.ask("PUT", f"/me/transfers/{new_id()}", {"points": 2, "card": daniel.card})
    await town.follow()

    assert (sent.status_code, sent.json()["currency"], sent.json()["balance"]) == (201, "stamps", 3), sent.text
    assert (await daniel.get("/me/card"))["points"] == 2


async def test_an_offer_is_paid_in_stamps(town, maya):
    texts = dict.fromkeys(("en", "he", "ar", "ru"), "Twice the stamps")
    offer = {
        "partner_id": "nola",
        "name": texts,
        "text": texts,
        "since": moment(NOON + 60).isoformat(),
        "until": moment(NOON + HOUR).isoformat(),
        "audience": {"type": "consents-to", "purpose": "marketing"},
        "benefit": {"type": "fixed", "points": 5},
    }
    published = await town.ask("PUT", "/console/offers/five-more", offer, town.operator_key)
    town.clock.at += 120
    await town.follow()
    sold = await town.sell(maya, cups(2))

    assert published.status_code in (200, 201), published.text
    assert (sold.json()["earned"], (await maya.get("/me/card"))["points"]) == (7, 7), sold.text
