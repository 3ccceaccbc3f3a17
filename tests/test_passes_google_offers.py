"""Offers in Google Wallet: one object for the whole programme, linked by the card of everybody who has it, and by no other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from punchcard.foundation.database import Database
from punchcard.foundation.outbox import Again, Done
from punchcard.passes.google import link
from punchcard.sandbox.android import Android
from tests.googles import AT, ISSUER, OFFER, Card, card_at_google, offer_of

OBJECT = f"{ISSUER}.offer-coffee-x2.all"
BREAD = offer_of(
    "bread", title={"en": "Bread for half the points and a very long title that nobody would ever read whole"}
)


@pytest.fixture
async def card(tmp_path: Path, house: Database) -> AsyncIterator[Card]:
    async with card_at_google(tmp_path, house) as made:
        yield made


async def test_an_offer_that_opens_is_made_once_and_linked_in_the_patch_that_changes_the_rest(card: Card) -> None:
    members = [(await card.saved())[0] for _ in range(6)]
    card.google.wallet.requests.clear()
    card.rings = frozenset()
    for member_id in members:
        card.change(member_id, offer=OFFER)

    settled = await card.refreshed(*members)

    assert all(isinstance(each, Done) for each in settled)
    assert sorted(card.paths()) == ["PATCH loyaltyObject"] * 6 + ["POST offerClass", "POST offerObject"]
    assert all("linkedOfferIds" in each["body"] for each in card.calls("PATCH"))


async def test_the_phone_shows_the_linked_offers_beside_the_card(card: Card) -> None:
    member_id, phone = await card.saved()
    card.change(member_id, offers=(OFFER, BREAD))

    await card.refreshed(member_id)

    coffee, bread = phone.card().offers
    assert coffee == ("Double points on coffee", "Nola Coffee")
    assert bread[0].startswith("Bread for half") and len(bread[0]) == 60


async def test_what_google_is_told_of_an_offer(card: Card) -> None:
    await link(card.world, card.member(offer=OFFER), AT, card.face)

    of = card.google.wallet.shelves["offerClass"][f"{ISSUER}.offer-coffee-x2"]
    held = card.google.wallet.offers[OBJECT]
    assert of["multipleDevicesAndHoldersAllowedStatus"] == "MULTIPLE_HOLDERS" and of["shortTitle"] == "Coffee ×2"
    assert len(of["provider"]) <= 12 and len(of["localizedTitle"]["translatedValues"]) == 3
    assert held["state"] == "ACTIVE" and held["disableExpirationNotification"] is True
    assert held["validTimeInterval"]["end"]["date"] == "2025-11-22T12:00:00+00:00"
    [mine] = card.google.wallet.objects.values()
    assert held["groupingInfo"]["groupingId"] == mine["groupingInfo"]["groupingId"]


async def test_an_offer_that_is_over_leaves_every_card_and_is_expired_once(card: Card) -> None:
    members = [(await card.saved(offer=OFFER))[0] for _ in range(4)]
    await card.given(OFFER, *members)
    card.google.wallet.requests.clear()
    for member_id in members:
        card.change(member_id, offer=None)

    await card.refreshed(*members, at=OFFER.until)
    await card.refreshed(*members, at=OFFER.until)

    assert sorted(card.paths()) == ["PATCH loyaltyObject"] * 4 + ["PATCH offerObject"]
    assert card.google.wallet.offers[OBJECT]["state"] == "EXPIRED"
    assert not any("linkedOfferIds" in each for each in card.google.wallet.objects.values())


async def test_an_offer_that_is_stopped_before_its_time_is_expired_too(card: Card) -> None:
    member_id, phone = await card.saved(offer=OFFER)
    await card.given(OFFER, member_id)
    async with card.world.database.transaction() as db:
        await db.execute("update offer_round set stopped_at = $1", AT + 60)
    card.change(member_id, offer=None)

    await card.refreshed(member_id, at=AT + 60)

    assert phone.card().offers == () and card.google.wallet.offers[OBJECT]["state"] == "EXPIRED"


async def test_an_offer_that_one_member_no_longer_sees_stays_for_the_others(card: Card) -> None:
    first, _ = await card.saved(offer=OFFER)
    _, other = await card.saved(offer=OFFER)
    await card.given(OFFER, first)
    card.change(first, is_open=False)

    await card.refreshed(first)

    assert len(other.card().offers) == 1


async def test_when_google_does_not_hear_that_an_offer_is_over_the_next_card_says_it(card: Card) -> None:
    member_id, _ = await card.saved(offer=OFFER)
    await card.given(OFFER, member_id)
    card.change(member_id, offer=None)
    card.google.wallet.fail(503, "backendError")

    first = await card.refreshed(member_id, at=OFFER.until)
    second = await card.refreshed(member_id, at=OFFER.until)

    assert isinstance(first[0], Again) and isinstance(second[0], Done)
    assert card.google.wallet.offers[OBJECT]["state"] == "EXPIRED"


async def test_an_offer_that_google_will_not_have_stops_no_card(card: Card) -> None:
    member_id, phone = await card.saved()
    card.change(member_id, points=300, offers=(OFFER, BREAD))
    card.google.wallet.fail(400, "invalidResource")

    settled = await card.refreshed(member_id)

    assert isinstance(settled[0], Done) and phone.card().points == "300"
    assert [title[:5] for title, _ in phone.card().offers] == ["Bread"]


async def test_an_offer_that_another_process_made_a_moment_ago_is_linked_all_the_same(card: Card) -> None:
    await card.saved(offer=OFFER)
    async with card.world.database.transaction() as db:
        await db.execute("delete from google_offer")
    second, other = await card.saved()
    card.change(second, offer=OFFER)

    settled = await card.refreshed(second)

    assert isinstance(settled[0], Done) and len(other.card().offers) == 1


async def test_offers_that_google_lost_are_made_again(card: Card) -> None:
    member_id, phone = await card.saved(offer=OFFER)
    card.google.wallet.offers.clear()
    card.google.wallet.shelves["offerClass"].clear()
    card.change(member_id, points=300)

    first = await card.refreshed(member_id)
    second = await card.refreshed(member_id)

    assert isinstance(first[0], Again) and isinstance(second[0], Done) and len(phone.card().offers) == 1


async def test_a_phone_shows_no_linked_offer_outside_of_its_hours(card: Card) -> None:
    phone = Android(card.google)
    phone.save(await link(card.world, card.member(offer=OFFER), AT, card.face))

    card.hours[0] = OFFER.until + 1

    assert phone.card().offers == ()
