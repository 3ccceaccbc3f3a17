"""What the card in Google Wallet says of news, and for what the phone rings: as often as Google allows, and as the member
asked, and once for one thing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Database
from punchcard.foundation.outbox import Again, Done
from punchcard.foundation.outside import Answer
from punchcard.passes.google import link
from punchcard.passes.google.render import class_id
from punchcard.sandbox.android import Android
from tests.almond import publish
from tests.googles import AT, ISSUER, OFFER, Card, card_at_google, offer_of

TITLES = {f"offer-{number}": {"en": f"Offer {number}"} for number in range(14)}


@pytest.fixture
async def card(tmp_path: Path, house: Database) -> AsyncIterator[Card]:
    async with card_at_google(tmp_path, house) as made:
        yield made


class Lossy:
    """A connection on which the answer to every notification is lost; the notification itself perhaps not."""

    def __init__(self, card: Card, reaches: bool):
        self.card, self.reaches = card, reaches

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        if path.endswith("addMessage"):
            if self.reaches:
                await self.card.wallet.call(method, path, body)
            self.card.google.wallet.fail(503, "backendError")
        return await self.card.wallet.call(method, path, body)

    async def close(self) -> None: ...


def several(count: int, **more: Any) -> tuple[Any, ...]:
    return tuple(offer_of(name, title=title, short={}, **more) for name, title in list(TITLES.items())[:count])


def rung(phone: Android) -> list[str]:
    return [each.title for each in phone.rung]


async def test_the_phone_rings_once_when_an_offer_opens_and_the_message_stays_until_it_ends(card: Card) -> None:
    member_id, phone = await card.joined()
    card.change(member_id, offer=OFFER)

    await card.refreshed(member_id)
    await card.refreshed(member_id)

    assert card.paths() == ["POST offerClass", "POST offerObject", "PATCH loyaltyObject", "POST addMessage"]
    assert rung(phone) == ["Coffee ×2"] and phone.rung[0].body.startswith("Double points on coffee")
    assert phone.card().messages == (("Coffee ×2", phone.rung[0].body),)
    card.hours[0] = OFFER.until + 1
    assert phone.card().messages == ()


async def test_what_nobody_said_may_ring_is_shown_silently_and_rings_once_it_may(card: Card) -> None:
    """The arbiter decides a moment after the offer stands on the card."""
    member_id, phone = await card.joined()
    card.change(member_id, offer=OFFER)
    card.rings = frozenset({"tier:bud", "points"})
    await card.refreshed(member_id)
    silent = (rung(phone), len(phone.card().messages))

    card.rings = frozenset({"offer:coffee-x2"})
    await card.refreshed(member_id)
    await card.refreshed(member_id)

    assert silent == ([], 1)
    assert rung(phone) == ["Coffee ×2"] and len(phone.card().messages) == 1


async def test_a_message_that_rang_needs_no_writing_again_and_is_quiet_when_it_is(card: Card) -> None:
    member_id, phone = await card.joined()
    card.change(member_id, offer=OFFER)
    await card.refreshed(member_id)
    card.google.wallet.requests.clear()
    card.change(member_id, points=300)
    await card.refreshed(member_id)

    assert "messages" not in card.calls()[0]["body"]

    card.rings = frozenset({"offer:coffee-x2"})
    card.change(member_id, offers=(OFFER, *several(1)))
    await card.refreshed(member_id)
    types = {each["messageType"] for each in card.calls("PATCH")[-1]["body"]["messages"]}
    assert types == {"TEXT"} and len(phone.card().messages) == 2


async def test_three_times_a_day_whatever_it_rings_for_and_then_in_silence(card: Card) -> None:
    member_id, phone = await card.joined()

    card.change(member_id, offers=several(2))
    await card.refreshed(member_id)
    for points in (1, 2, 3):
        card.change(member_id, points=points)
        await card.refreshed(member_id, at=AT + points)
    card.change(member_id, offers=several(3))
    await card.refreshed(member_id, at=AT + 10)

    assert len(card.google.wallet.notifications) == 3 and len(phone.rung) == 3
    assert len(phone.card().messages) == 3 and phone.card().points == "3"


async def test_after_a_day_it_rings_again(card: Card) -> None:
    member_id, phone = await card.joined()
    later = several(4, until=AT + 3 * DAY)
    card.change(member_id, offers=later[:3])
    await card.refreshed(member_id)
    card.hours[0] = AT + DAY + 1
    card.change(member_id, offers=later)

    await card.refreshed(member_id, at=AT + DAY + 1)

    assert rung(phone) == ["Offer 0", "Offer 1", "Offer 2", "Offer 3"]


async def test_moved_points_ring_where_they_may(card: Card) -> None:
    member_id, phone = await card.joined()
    card.change(member_id, points=300)

    await card.refreshed(member_id)

    assert len(phone.rung) == 1 and phone.card().points == "300"


async def test_moved_points_ring_nowhere_else(card: Card) -> None:
    member_id, phone = await card.joined()
    card.rings = frozenset({"offer:coffee-x2"})
    card.change(member_id, points=300)

    await card.refreshed(member_id)

    assert phone.rung == [] and phone.card().points == "300"


async def test_a_reached_tier_is_said_and_rung_for_without_consent(card: Card) -> None:
    member_id, phone = await card.joined(consents=())
    async with card.world.database.transaction() as db:
        await publish(db)
    card.change(member_id, points=500, tier="blossom", tier_name={"en": "Blossom"}, tier_until=AT + 90 * DAY)

    await card.refreshed(member_id)

    assert rung(phone) == ["Welcome to Blossom"]
    assert card.google.wallet.objects[phone.object_id]["classId"] == class_id(ISSUER, "blossom")


async def test_a_lost_tier_is_said_to_nobody(card: Card) -> None:
    member_id, phone = await card.joined(tier="blossom", tier_name={"en": "Blossom"})
    async with card.world.database.transaction() as db:
        await publish(db)
    card.change(member_id, tier="bud", tier_name={"en": "Bud"})

    await card.refreshed(member_id)

    assert phone.rung == [] and phone.card().messages == ()


async def test_when_google_has_heard_enough_the_message_comes_in_silence(card: Card) -> None:
    member_id, phone = await card.joined()
    card.google.wallet.notifications += [(phone.object_id, AT)] * 3
    card.change(member_id, offer=OFFER)

    first = await card.refreshed(member_id)
    second = await card.refreshed(member_id)

    assert isinstance(first[0], Again) and isinstance(second[0], Done)
    assert phone.rung == [] and len(phone.card().messages) == 1


@pytest.mark.parametrize("reaches", [False, True])
async def test_a_notification_whose_answer_is_lost_is_not_sent_twice(card: Card, reaches: bool) -> None:
    member_id, phone = await card.joined()
    card.change(member_id, offer=OFFER)
    card.world = msgspec.structs.replace(card.world, google=Lossy(card, reaches))

    first = await card.refreshed(member_id)
    second = await card.refreshed(member_id)

    assert isinstance(first[0], Again) and isinstance(second[0], Done)
    assert len(phone.rung) == reaches and len(phone.card().messages) == 1


async def test_the_eleventh_message_takes_the_place_of_the_first(card: Card) -> None:
    member_id, phone = await card.joined()
    for count in range(1, 15):
        card.change(member_id, offers=several(count))

        settled = await card.refreshed(member_id, at=AT + count)

        assert isinstance(settled[0], Done)
    assert [header for header, _ in phone.card().messages] == [f"Offer {number}" for number in range(4, 14)]


async def test_a_message_whose_offer_was_stopped_leaves_the_card(card: Card) -> None:
    member_id, phone = await card.joined()
    card.change(member_id, offers=several(2))
    await card.refreshed(member_id)
    card.change(member_id, offers=several(1))

    await card.refreshed(member_id)

    assert [header for header, _ in phone.card().messages] == ["Offer 0"]


async def test_what_was_open_when_the_card_was_made_is_written_and_not_rung_for(card: Card) -> None:
    member_id = card.member(offer=OFFER)
    phone = Android(card.google)

    phone.save(await link(card.world, member_id, AT, card.face))
    await card.refreshed(member_id)

    assert phone.rung == [] and len(phone.card().messages) == 1
