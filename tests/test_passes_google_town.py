"""A person's day with the Google card, over HTTP: the whole house, Google's stand-in, an Android phone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest
from httpx import ASGITransport

from punchcard.demo import town as almond
from punchcard.demo.offer import draft
from punchcard.foundation.database import Database
from punchcard.foundation.outbox import Done
from punchcard.passes.google import Wallet
from punchcard.sandbox.android import Android
from punchcard.sandbox.google import Google, google
from tests.doubles import Outside
from tests.front import house_on
from tests.googles import key, misfits, settings_for
from tests.town import NOON, Person, StandingClock, Town, line, settings_in


@pytest.fixture
async def stand_in(tmp_path: Path) -> AsyncIterator[Google]:
    async with google(tmp_path, key=key(), now=lambda: NOON) as made:
        made.callbacks.silent = True
        yield made
        assert not misfits(made.wallet.requests)


@pytest.fixture
async def street(house: Database, stand_in: Google, tmp_path: Path) -> AsyncIterator[Town]:
    """Almond at noon, with a real connection to Google's stand-in where the others are in memory."""
    theirs = settings_for(stand_in)
    names = [name for name in theirs.__struct_fields__ if name.startswith(("google_", "fcm_", "public_url"))]
    settings = msgspec.structs.replace(settings_in(tmp_path), **{name: getattr(theirs, name) for name in names})
    clock, outside, wallet = StandingClock(), Outside(house, settings), Wallet(settings, house)
    outside.world = msgspec.structs.replace(outside.world, google=wallet)
    keys = await almond.settle(house, clock.now() - 60)
    app = house_on(settings, house, clock, outside.world)
    async with httpx.AsyncClient(transport=ASGITransport(cast(Any, app)), base_url=settings.public_url) as client:
        yield Town(app, client, clock, outside, keys)
    await wallet.close()


async def test_a_coffee_at_nola_shows_on_the_card_in_google_wallet(street: Town, stand_in: Google) -> None:
    maya = await street.join("maya@example.com")
    phone = Android(stand_in)
    before = phone.save((await maya.get("/me/wallets"))["google"])

    await street.sell(maya, line(1800))
    settled = await street.follow()

    after = phone.card()
    card = await maya.get("/me/card")
    assert all(isinstance(each, Done) for each in settled)
    assert (before.points, after.points) == ("0", str(card["points"])) and card["points"] > 0
    assert after.code.startswith(maya.card.replace("-", "")) and after.name == "Maya"
    assert after.tier == "Bud" and after.texts["last"][0] == "Last movement"
    assert (await street.client.get(after.links["why"])).status_code == 200


async def test_a_member_whose_phone_speaks_arabic_reads_the_card_in_arabic(street: Town, stand_in: Google) -> None:
    omar = await street.join("omar@example.com", name="Omar", language="ar")
    phone = Android(stand_in, "ar")

    shown = phone.save((await omar.get("/me/wallets"))["google"])

    assert shown.programme == "لوز" and shown.tier == "برعم" and shown.hero.endswith(".rtl.png")


async def publish(street: Town, id: str, **more: Any) -> None:
    """Double coffee for whoever agreed to offers, for an hour from now."""
    body = draft(street.clock.now(), street.clock.now() + 3600) | {
        "audience": {"type": "consents-to", "purpose": "marketing"},
        **more,
    }
    published = await street.ask("PUT", f"/console/offers/{id}", body, street.operator_key)
    assert published.status_code in (200, 201), published.text


async def saved(street: Town, stand_in: Google, name: str) -> tuple[Person, Android]:
    """Somebody whose phone holds the card, and Google has said so."""
    person, phone = await street.join(f"{name.lower()}@example.com", name=name), Android(stand_in, account=name)
    phone.save((await person.get("/me/wallets"))["google"])
    await street.follow()
    async with street.outside.world.database.transaction() as db:
        await db.execute("update google_object set held = true")
    return person, phone


async def test_an_offer_opens_on_the_card_rings_and_is_gone_when_it_is_stopped(street: Town, stand_in: Google) -> None:
    _, phone = await saved(street, stand_in, "Maya")
    await publish(street, "coffee-x2")

    await street.follow()

    assert phone.card().offers == (("Double points on any coffee", "Nola Coffee"),)
    assert [each.title for each in phone.rung] == ["Coffee ×2"] and len(phone.card().messages) == 1
    await street.ask("DELETE", "/console/offers/coffee-x2", key=street.operator_key)
    street.clock.at += 60
    await street.follow()
    assert phone.card().offers == () and phone.card().messages == () and len(phone.rung) == 1
    assert {each["state"] for each in stand_in.wallet.offers.values()} == {"EXPIRED"}


async def test_who_is_held_out_of_an_offer_is_linked_to_nothing(street: Town, stand_in: Google) -> None:
    people = [await saved(street, stand_in, f"Member{number}") for number in range(6)]
    await publish(street, "coffee-x2", hold_out=50)

    await street.follow()

    async with street.outside.world.database.transaction() as db:
        rows = await db.fetch("select member_id, held_out from exposure")
    out = {row["member_id"]: row["held_out"] for row in rows}
    assert len(out) == 6
    assert all(bool(phone.card().offers) != out[person.member_id] for person, phone in people)
    assert all(bool(phone.rung) != out[person.member_id] for person, phone in people)


async def test_google_away_hides_its_button_and_nothing_else(street: Town, stand_in: Google) -> None:
    maya = await street.join("maya@example.com")
    stand_in.wallet.fail(503, "backendError")

    assert (await maya.get("/me/wallets"))["google"] is None
    assert (await maya.get("/me/wallets"))["google"].startswith("https://pay.google.com/gp/v/save/")
