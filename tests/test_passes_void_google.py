"""A card that was made void in Google Wallet: the same object bears the new code, and another key turns it."""

import pytest

from punchcard.sandbox.android import Android
from punchcard.sandbox.google import Google
from tests.town import Town, line

from .test_passes_google_town import stand_in, street
from .test_passes_void import voided

__all__ = ["stand_in", "street"]  # fixtures

pytestmark = pytest.mark.anyio


async def test_the_card_at_google_turns_to_the_new_code_and_key_by_itself(street: Town, stand_in: Google) -> None:
    maya = await street.join("maya@example.com")
    phone = Android(stand_in)
    phone.save((await maya.get("/me/wallets"))["google"])
    old_code, old_tap = phone.card().code, phone.tap()
    [old] = stand_in.wallet.objects[phone.object_id]["rotatingBarcode"]["totpDetails"]["parameters"]
    before = maya.card.replace("-", "")

    await voided(street, maya.card)
    await street.follow()
    maya.card = (await maya.get("/me/card"))["code"]
    shown, held = phone.card(), stand_in.wallet.objects[phone.object_id]
    [key] = held["rotatingBarcode"]["totpDetails"]["parameters"]

    assert shown.code.startswith(maya.card.replace("-", "")) and shown.code_text.replace("-", "") == maya.card.replace(
        "-", ""
    )
    assert key["key"] != old["key"] and before not in str(held)
    codes = (old_code, old_tap, shown.code, phone.tap())
    asked = [{"card": code, "cashier": "Dana", "lines": [line(1000)]} for code in codes]
    answers = [await street.ask("POST", "/till/quotes", basket, street.till_key) for basket in asked]
    assert [each.status_code for each in answers] == [409, 409, 200, 200]
    assert all("card-replaced" in each.text for each in answers[:2])
