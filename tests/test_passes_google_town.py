"""A person's day with the Google card, over HTTP: the whole house, Google's stand-in, an Android phone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest
from httpx import ASGITransport

from punchcard.api import create_app
from punchcard.demo import town as almond
from punchcard.foundation.database import Database
from punchcard.foundation.outbox import Done
from punchcard.passes.google import Wallet
from punchcard.sandbox.android import Android
from punchcard.sandbox.google import Google, google
from tests.doubles import Outside
from tests.googles import key, misfits, settings_for
from tests.town import NOON, StandingClock, Town, line, settings_in


@pytest.fixture
async def stand_in(tmp_path: Path) -> AsyncIterator[Google]:
    async with google(tmp_path, key=key(), now=lambda: NOON) as made:
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
    app = create_app(settings, house, clock, outside.world)
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


async def test_a_member_whose_phone_speaks_arabic_reads_the_card_in_arabic(street: Town, stand_in: Google) -> None:
    omar = await street.join("omar@example.com", name="Omar", language="ar")
    phone = Android(stand_in, "ar")

    shown = phone.save((await omar.get("/me/wallets"))["google"])

    assert shown.programme == "لوز" and shown.tier == "برعم" and shown.hero.endswith(".rtl.png")


async def test_google_away_hides_its_button_and_nothing_else(street: Town, stand_in: Google) -> None:
    maya = await street.join("maya@example.com")
    stand_in.wallet.fail(503, "backendError")

    assert (await maya.get("/me/wallets"))["google"] is None
    assert (await maya.get("/me/wallets"))["google"].startswith("https://pay.google.com/gp/v/save/")
