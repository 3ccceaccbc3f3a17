"""The card in Google Wallet: made when it is asked for, saved by a short link, changed by as little as changed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from punchcard.foundation.database import Database
from punchcard.foundation.outbox import Done
from punchcard.passes.google import ensure, link
from punchcard.passes.google.operations import GoogleWalletAway
from punchcard.passes.model import NoWallet
from punchcard.sandbox.android import Android, NotSaved
from tests.googles import AT, ISSUER, OFFER, Card, card_at_google

LANGUAGES = ("en", "he", "ar", "ru")


@pytest.fixture
async def card(tmp_path: Path, house: Database) -> AsyncIterator[Card]:
    async with card_at_google(tmp_path, house) as made:
        yield made


async def test_a_member_asks_for_the_card_and_the_phone_shows_it(card: Card) -> None:
    member_id = card.member(offer=OFFER)

    phone = Android(card.google)
    shown = phone.save(await link(card.world, member_id, AT, card.face))

    assert (shown.points, shown.points_label, shown.tier, shown.name) == ("121", "Points", "Bud", "Maya")
    assert (
        shown.code.startswith("7QK4M2XWPDR83HTBZ")
        and len(shown.code) == 25
        and shown.code_text.startswith("7QK4-M2XW-")
    )
    assert shown.texts["next"] == ("Next: Blossom", "379 points")
    assert shown.texts["offer"] == ("Coffee ×2", "until 14:00")
    assert shown.texts["challenge"] == ("Weekly table", "5 of 8")
    assert shown.colour == "#f3cdd0" and shown.hero.endswith("/hero-bud.png")
    made = [each["path"].removeprefix("/walletobjects/v1/") for each in card.calls()]
    assert made == ["loyaltyClass", "offerClass", "offerObject", "loyaltyObject"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_phone_shows_the_card_in_its_own_language(card: Card, language: str) -> None:
    member_id = card.member(offer=OFFER)

    shown = Android(card.google, language).save(await link(card.world, member_id, AT, card.face))

    names = {"en": "Bud", "he": "ניצן", "ar": "برعم", "ru": "Бутон"}
    missing = {"en": "379 points", "he": "379 נקודות", "ar": "379 نقطة", "ru": "379 баллов"}
    assert shown.tier == names[language] and shown.texts["next"][1] == missing[language]
    assert shown.texts["offer"][0] == OFFER.short[language]


async def test_who_reads_from_right_to_left_gets_the_mirrored_picture(card: Card) -> None:
    _, phone = await card.saved(language="he")

    assert phone.card().hero.endswith("/hero-bud.rtl.png")


async def test_the_link_names_the_card_and_says_nothing_else(card: Card) -> None:
    member_id = card.member(name="Maya With A Very Long Name Indeed")

    address = await link(card.world, member_id, AT, card.face)

    claims = Android(card.google).opened(address)
    assert len(address) < 1800
    assert claims["payload"] == {
        "loyaltyObjects": [{"id": f"{ISSUER}.{member_id.hex}", "classId": f"{ISSUER}.tier-bud"}]
    }
    assert claims["origins"] == ["https://cards.example"] and claims["typ"] == "savetowallet"


async def test_a_link_that_somebody_changed_saves_nothing(card: Card) -> None:
    address = await link(card.world, card.member(), AT, card.face)

    with pytest.raises(NotSaved):
        Android(card.google).save(address[:-4] + "AAAA")


async def test_asking_again_makes_no_second_card(card: Card) -> None:
    member_id, _ = await card.saved()

    await link(card.world, member_id, AT + 5, card.face)

    assert card.calls() == []


async def test_a_card_that_is_there_already_is_as_good_as_made(card: Card) -> None:
    member_id, phone = await card.saved(points=121)
    async with card.world.database.transaction() as db:
        await db.execute("delete from google_object where member_id = $1", member_id)
        await db.execute("delete from google_class")
    card.change(member_id, points=200)

    await ensure(card.world, member_id, AT, card.face)
    settled = await card.refreshed(member_id)

    assert isinstance(settled[0], Done) and phone.card().points == "200"
    assert [each["method"] for each in card.calls()] == ["POST", "PUT", "POST", "PUT"]


async def test_google_away_is_said_to_the_member_and_nothing_is_kept(card: Card) -> None:
    member_id = card.member()
    card.google.wallet.fail(503, "backendError")

    with pytest.raises(GoogleWalletAway):
        await link(card.world, member_id, AT, card.face)

    phone = Android(card.google)
    assert phone.save(await link(card.world, member_id, AT, card.face)).points == "121"


async def test_without_a_service_account_there_is_no_google_card(card: Card) -> None:
    world = card.world.__class__(
        card.world.database, card.settings.__class__(), card.world.apns, card.wallet, card.world.fcm, card.world.sender
    )

    with pytest.raises(NoWallet):
        await link(world, card.member(), AT, card.face)
