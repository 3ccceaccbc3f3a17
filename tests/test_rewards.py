"""Rewards: claimed once for points, used once at a till, and the points come back where they were not."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from punchcard import journal, rewards, rulebooks
from punchcard.demo import town as almond
from punchcard.foundation import news
from punchcard.foundation.clock import DAY, HOUR, Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound, OtherBody
from punchcard.foundation.ids import new_id
from punchcard.programme import AnyFact, Line, Return, Sale, balance
from punchcard.reactions import REACTIONS
from punchcard.rewards.model import ClaimView
from punchcard.segments import Profile
from tests.almond import NOW, publish, settle
from tests.town import Town

pytestmark = pytest.mark.anyio


class Purse:
    """A member with 420 points and the verbs of the room."""

    def __init__(self, db: Connection, house: Database, member_id: UUID):
        self.db, self.house, self.member_id = db, house, member_id

    async def record(self, fact: AnyFact) -> None:
        await journal.submit(self.house, self.member_id, fact, fact.at)

    async def claim(self, reward: str = "any-coffee", id: UUID | None = None, at: Instant = NOW) -> journal.Recorded:
        return await rewards.claim(self.house, self.member_id, reward, id or new_id(), at)

    async def points(self, at: Instant = NOW) -> int:
        return balance(await journal.standing(self.db, self.member_id, at))

    async def states(self, at: Instant = NOW) -> dict[str, str]:
        return {each.id: each.state for each in await rewards.claims(self.db, self.member_id, at)}


def sale(at: Instant, amount: int, **more: Any) -> Sale:
    return Sale(id=str(new_id()), at=at, lines=(Line("bread", "bread", "miro", 1, amount),), **more)


@pytest.fixture
async def purse(db: Connection, house: Database) -> AsyncIterator[Purse]:
    """Somebody who once spent 420 shekels."""
    news.install(REACTIONS)
    await publish(db)
    made = Purse(db, house, await settle(db, Profile(tier="bud")))
    await made.record(sale(NOW - DAY, 420_00))
    yield made


async def test_the_catalogue_says_what_is_affordable_and_what_is_missing(purse: Purse) -> None:
    found = await rewards.catalogue(purse.db, purse.member_id, NOW)

    assert [(each.id, each.points, each.affordable, each.missing) for each in found] == [
        ("loaf", 200, True, 0),
        ("any-coffee", 300, True, 0),
        ("supper", 900, False, 480),
    ]
    assert [each.id for each in await rewards.catalogue(purse.db, purse.member_id, NOW + 2 * DAY)] == [
        "any-coffee",
        "supper",
    ]


async def test_a_reward_says_where_it_is_used_how_long_and_that_the_points_come_back(town: Town) -> None:
    maya = await town.join("maya@example.com")

    found = {each["id"]: each for each in await maya.get("/me/rewards")}
    russian = {each["id"]: each["terms"] for each in await maya.get("/me/rewards", "ru")}

    coffee, off = found["any-coffee"], found["five-off"]
    assert (coffee["partner_id"], coffee["days"], off["partner_id"], off["days"]) == ("nola", 14, "", 30)
    assert coffee["terms"] == "At Nola Coffee, within 14 days. Not used? The points come back."
    assert off["terms"] == "In any of our shops, within 30 days. Not used? The points come back."
    assert russian["five-off"] == "В любом из наших магазинов, 30 дней. Не пригодится — баллы вернутся."


@pytest.mark.parametrize(
    "keys, said",
    [
        ('shops = ["SHOP"]', "At NAME. It waits until it is used; handed back before, the points return."),
        ("", "In any of our shops. It waits until it is used; handed back before, the points return."),
        (
            'partners = ["miro", "nola"]\nvoucher_days = 1',
            "At Miro Bakery, Nola Coffee, within a day. Not used? The points come back.",
        ),
    ],
)
async def test_the_terms_of_a_reward_are_true_of_any(town: Town, keys: str, said: str) -> None:
    maya = await town.join("maya@example.com")
    shop = (await town.ask("GET", "/programme")).json()["shops"][0]
    table = '\n[[reward]]\nid = "x"\nname = { en = "X" }\npoints = 1\n' + keys.replace("SHOP", shop["id"])
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish(db, almond.PROGRAMME.read_text() + table, town.clock.at)

    [found] = [each for each in await maya.get("/me/rewards") if each["id"] == "x"]

    assert found["terms"] == said.replace("NAME", shop["name"])


async def test_a_claim_says_what_the_till_scans(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await town.sell(maya, {"sku": "x", "category": "bread", "brand": "", "quantity": 1, "amount": 400_00})
    claim = str(new_id())

    made = (await maya.ask("PUT", f"/me/claims/{claim}", {"reward": "any-coffee"})).json()

    assert (made["scan"], made["partner_id"], made["kind"]) == (claim, "nola", "item")
    assert await maya.get("/me/claims") == [made]


async def test_a_claim_takes_the_points_and_gives_a_voucher(purse: Purse) -> None:
    id = new_id()

    recorded = await purse.claim(id=id)

    claim = msgspec.json.decode(recorded.receipt, type=ClaimView)
    assert (claim.id, claim.reward, claim.points, claim.state) == (str(id), "any-coffee", 300, "active")
    assert claim.until == moment(NOW + 14 * DAY)
    assert await purse.points() == 120
    assert list(await rewards.vouchers(purse.db, purse.member_id, NOW)) == [str(id)]


async def test_asking_twice_claims_once(purse: Purse) -> None:
    id = new_id()
    first = await purse.claim(id=id)

    again = await purse.claim(id=id, at=NOW + HOUR)

    assert again.repeated and again.receipt == first.receipt
    assert await purse.points() == 120
    with pytest.raises(OtherBody):
        await purse.claim("loaf", id)


async def test_a_repeat_is_answered_even_when_the_reward_has_ended(purse: Purse) -> None:
    id = new_id()
    first = await purse.claim("loaf", id)

    again = await purse.claim("loaf", id, NOW + 3 * DAY)

    assert again.receipt == first.receipt


async def test_what_cannot_be_paid_is_refused_with_the_figures(purse: Purse) -> None:
    with pytest.raises(rewards.NotEnoughPoints) as refused:
        await purse.claim("supper")

    assert refused.value.facts == {"balance": 420, "price": 900}
    assert refused.value.sentence("ru") == "Нужно 900, а на карте 420."
    assert await purse.points() == 420 and await purse.states() == {}


async def test_points_are_spent_once(purse: Purse) -> None:
    await purse.claim("any-coffee")

    with pytest.raises(rewards.NotEnoughPoints):
        await purse.claim("loaf")


async def test_a_reward_that_has_ended_is_no_longer_given(purse: Purse) -> None:
    with pytest.raises(rewards.RewardEnded):
        await purse.claim("loaf", at=NOW + 2 * DAY)
    with pytest.raises(NotFound):
        await purse.claim("yacht")


async def test_a_claim_that_is_handed_back_brings_the_points_back(purse: Purse) -> None:
    id = new_id()
    await purse.claim(id=id)

    for _ in range(2):
        await rewards.cancel(purse.house, purse.member_id, id, NOW + HOUR)

    assert await purse.points(NOW + HOUR) == 420
    assert await purse.states(NOW + HOUR) == {str(id): "handed-back"}


async def test_a_claim_can_be_handed_back_within_its_second(purse: Purse) -> None:
    for _ in range(8):
        id = new_id()
        await purse.claim(id=id)
        await rewards.cancel(purse.house, purse.member_id, id, NOW)

    assert await purse.points() == 420


async def test_a_used_claim_stays_used(purse: Purse) -> None:
    id = new_id()
    await purse.claim(id=id)
    await purse.record(sale(NOW + HOUR, 10_00, vouchers=(str(id),)))

    with pytest.raises(rewards.ClaimUsed):
        await rewards.cancel(purse.house, purse.member_id, id, NOW + 2 * HOUR)

    assert await purse.states(NOW + 2 * HOUR) == {str(id): "used"}
    assert await purse.points(NOW + 2 * HOUR) == 130


async def test_the_return_of_the_sale_gives_the_claim_back(purse: Purse) -> None:
    id = new_id()
    await purse.claim(id=id)
    used = sale(NOW + HOUR, 10_00, vouchers=(str(id),))
    await purse.record(used)

    await purse.record(Return(id=str(new_id()), at=NOW + 2 * HOUR, deal=used.id, quantities={0: 1}))

    assert await purse.states(NOW + 2 * HOUR) == {str(id): "active"}
    assert await purse.points(NOW + 2 * HOUR) == 120


async def test_a_claim_that_nobody_uses_lapses_and_the_points_come_back(purse: Purse) -> None:
    id = new_id()
    await purse.claim(id=id)
    later = NOW + 14 * DAY

    assert await purse.states(later - 1) == {str(id): "active"}
    assert await purse.states(later) == {str(id): "lapsed"}
    assert await purse.points(later) == 420
    with pytest.raises(rewards.ClaimLapsed):
        await rewards.cancel(purse.house, purse.member_id, id, later)


async def test_nobody_hands_back_another_members_claim(purse: Purse) -> None:
    id = new_id()
    await purse.claim(id=id)
    other = await settle(purse.db, Profile(tier="bud"))

    with pytest.raises(NotFound):
        await rewards.cancel(purse.house, other, id, NOW)
    with pytest.raises(OtherBody):
        await rewards.claim(purse.house, other, "any-coffee", id, NOW)
