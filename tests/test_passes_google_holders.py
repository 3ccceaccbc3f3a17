"""Whom the card in Google Wallet costs calls: whoever holds it or is about to, and nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from punchcard.foundation.clock import DAY, MINUTE
from punchcard.foundation.database import Database
from punchcard.foundation.outbox import Done
from punchcard.passes.google import Wallet, link, refresh
from punchcard.passes.google.links import LINK_CHARACTERS_MAX, SAVE, save_address
from punchcard.passes.google.links import Card as Where
from punchcard.passes.google.operations import LINKED_SECONDS
from punchcard.sandbox.android import Android, NotSaved
from tests.googles import AT, ISSUER, OFFER, Card, card_at_google, task

LATER = AT + LINKED_SECONDS


@pytest.fixture
async def card(tmp_path: Path, house: Database) -> AsyncIterator[Card]:
    async with card_at_google(tmp_path, house) as made:
        yield made


async def looked(card: Card) -> UUID:
    """A member who looked at the link and never saved the card."""
    member_id = card.member()
    await link(card.world, member_id, AT, card.face)
    card.google.wallet.requests.clear()
    return member_id


async def test_a_card_that_nobody_saved_costs_no_call_whatever_happens(card: Card) -> None:
    member_id = await looked(card)
    card.change(member_id, points=300, offer=OFFER)

    settled = await card.refreshed(member_id, at=LATER)

    assert isinstance(settled[0], Done) and card.calls() == []


async def test_a_card_is_kept_right_while_somebody_may_be_saving_it(card: Card) -> None:
    member_id = await looked(card)
    card.change(member_id, points=300)

    await card.refreshed(member_id, at=LATER - MINUTE)

    assert card.paths() == ["PATCH loyaltyObject"] and "notifyPreference" not in card.calls()[0]["body"]


async def test_whoever_asks_for_the_link_again_saves_the_newest(card: Card) -> None:
    member_id = await looked(card)
    card.change(member_id, points=300, tier="blossom", tier_name={"en": "Blossom"})
    await card.refreshed(member_id, at=AT + DAY)

    shown = Android(card.google).save(await link(card.world, member_id, AT + DAY, card.face))

    assert (shown.points, shown.tier) == ("300", "Blossom")


async def test_a_link_is_good_although_google_is_away_and_the_worker_follows(card: Card) -> None:
    member_id = await looked(card)
    card.change(member_id, points=300)
    card.google.wallet.fail(503, "backendError")

    address = await link(card.world, member_id, AT + DAY, card.face)
    await card.refreshed(member_id, at=AT + DAY + 5)

    assert Android(card.google).save(address).points == "300"


async def test_a_card_that_is_asked_for_again_and_did_not_change_costs_no_call(card: Card) -> None:
    member_id = await looked(card)

    await link(card.world, member_id, AT + DAY, card.face)

    assert card.calls() == []


async def test_google_says_that_it_was_saved_and_the_card_is_kept_right_for_ever(card: Card) -> None:
    member_id = await looked(card)
    card.google.wallet.saved(f"{ISSUER}.{member_id.hex}")
    card.change(member_id, points=300)
    await card.refreshed(member_id)
    card.change(member_id, points=400)

    await card.refreshed(member_id, at=AT + 9 * DAY)

    assert len(card.calls()) == 2 and card.calls()[-1]["body"]["loyaltyPoints"]["balance"] == {"int": 400}


async def test_where_google_cannot_tell_us_every_card_counts_as_held(card: Card) -> None:
    settings = msgspec.structs.replace(card.settings, public_url="http://127.0.0.1:8000")
    wallet = Wallet(settings, card.world.database)
    world = msgspec.structs.replace(card.world, settings=settings, google=wallet)
    member_id = card.member()
    await link(world, member_id, AT, card.face)
    card.change(member_id, points=300)

    await refresh(world, [task(member_id)], AT + 9 * DAY, card.face)
    await wallet.close()

    held = card.google.wallet.objects[f"{ISSUER}.{member_id.hex}"]
    assert held["loyaltyPoints"]["balance"] == {"int": 300}
    assert "callbackOptions" not in card.google.wallet.classes[held["classId"]]


async def test_who_leaves_is_taken_off_the_card_though_nobody_holds_it(card: Card) -> None:
    member_id = await looked(card)
    card.change(member_id, is_open=False)

    await card.refreshed(member_id, at=AT + DAY)
    await card.refreshed(member_id, at=AT + DAY)

    held = card.google.wallet.objects[f"{ISSUER}.{member_id.hex}"]
    assert set(held) == {"id", "classId", "state", "hasUsers"} and held["state"] == "INACTIVE"
    assert len(card.calls()) == 1


async def test_a_frozen_member_who_returns_has_the_whole_card_again(card: Card) -> None:
    member_id, phone = await card.saved(offer=OFFER)
    card.change(member_id, is_open=False)
    await card.refreshed(member_id)
    assert phone.is_expired()

    card.change(member_id, is_open=True)
    await card.refreshed(member_id)

    assert not phone.is_expired() and phone.card().points == "121" and len(phone.card().offers) == 1


async def test_a_second_account_cannot_save_the_card_and_a_second_phone_of_the_same_can(card: Card) -> None:
    address = await link(card.world, card.member(), AT, card.face)
    Android(card.google, account="maya@gmail.com").save(address)

    with pytest.raises(NotSaved, match="Another account"):
        Android(card.google, account="thief@gmail.com").save(address)

    assert Android(card.google, account="maya@gmail.com").save(address).points == "121"


async def test_a_card_that_was_deleted_can_be_saved_by_another_account(card: Card) -> None:
    address = await link(card.world, card.member(), AT, card.face)
    phone = Android(card.google, account="maya@gmail.com")
    phone.save(address)

    phone.delete()

    assert not next(iter(card.google.wallet.objects.values()))["hasUsers"]
    assert Android(card.google, account="maya@work.example").save(address).points == "121"


async def test_a_link_too_long_for_a_browser_is_kept_by_google_behind_a_short_one(card: Card) -> None:
    member_id = await looked(card)
    of = Where(f"{ISSUER}.{member_id.hex}", f"{ISSUER}.tier-bud")
    origins = [f"https://{'a-shop-with-a-long-name-' * 3}{number}.example" for number in range(12)]

    short = await save_address(card.world, [of], origins)

    assert isinstance(short, str) and short.startswith(SAVE) and len(short) < 100
    assert card.paths() == ["POST jwt"]
    phone = Android(card.google)
    assert phone.opened(short)["origins"] == origins and phone.save(short).points == "121"


async def test_the_secret_of_the_turning_code_stands_in_no_link(card: Card) -> None:
    member_id = await looked(card)
    held = card.google.wallet.objects[f"{ISSUER}.{member_id.hex}"]
    [parameter] = held["rotatingBarcode"]["totpDetails"]["parameters"]

    address = await link(card.world, member_id, AT, card.face)
    claims = Android(card.google).opened(address)

    assert len(address) < LINK_CHARACTERS_MAX and parameter["key"] not in str(claims)
    assert "rotatingBarcode" not in str(claims) and "Maya" not in str(claims)
