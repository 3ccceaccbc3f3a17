"""Claimed rewards in Google Wallet: beside the card while they can be used, and told once when they cannot."""

from uuid import UUID

from punchcard.foundation.clock import DAY
from punchcard.foundation.ids import new_id
from punchcard.sandbox.android import Android
from punchcard.sandbox.google import Google
from tests.town import Person, Town, line

from .test_passes_google_town import stand_in, street

__all__ = ["stand_in", "street"]  # fixtures


async def claimed(street: Town, stand_in: Google, rewards: int = 1) -> tuple[Person, Android, list[UUID]]:
    """Maya with the card in Google Wallet, points enough, and coffees claimed."""
    maya = await street.join("maya@example.com")
    phone = Android(stand_in)
    phone.save((await maya.get("/me/wallets"))["google"])
    await street.sell(maya, line(700_00, "dairy"), partner="rayhan")
    ids = [new_id() for _ in range(rewards)]
    for id in ids:
        assert (await maya.ask("PUT", f"/me/claims/{id}", {"reward": "any-coffee"})).status_code == 201
    await street.follow()
    return maya, phone, ids


def at_google(stand_in: Google, id: UUID) -> dict[str, object]:
    [found] = [each for name, each in stand_in.wallet.offers.items() if name.endswith(f".claim-{id}")]
    return found


async def test_a_claimed_reward_comes_beside_the_card_with_the_code_that_the_till_takes(street: Town, stand_in: Google):
    maya, phone, [claim] = await claimed(street, stand_in)

    held, [view] = at_google(stand_in, claim), await maya.get("/me/claims")

    assert ("Any coffee", "Almond") in phone.card().offers
    assert held["state"] == "ACTIVE"
    assert held["barcode"] == {"type": "QR_CODE", "value": str(claim), "alternateText": view["code"]}


async def test_what_was_used_goes_and_comes_again_with_the_goods(street: Town, stand_in: Google):
    maya, phone, [claim] = await claimed(street, stand_in)
    sold = new_id()

    await street.sell(maya, line(18_00), id=sold, vouchers=[str(claim)])
    await street.follow()
    used = at_google(stand_in, claim)["state"], phone.card().offers
    back = {"quantities": [{"line": 0, "quantity": 1}]}
    assert (await street.ask("PUT", f"/till/sales/{sold}/returns/{new_id()}", back, street.till_key)).status_code < 300
    await street.follow()

    assert used == ("COMPLETED", ())
    assert at_google(stand_in, claim)["state"] == "ACTIVE" and phone.card().offers


async def test_what_is_handed_back_or_lapses_is_expired(street: Town, stand_in: Google):
    maya, phone, [first, second] = await claimed(street, stand_in, 2)

    assert (await maya.ask("DELETE", f"/me/claims/{first}")).status_code == 204
    await street.follow()
    handed_back = at_google(stand_in, first)["state"], at_google(stand_in, second)["state"]
    street.clock.at += 15 * DAY
    await street.follow()

    assert handed_back == ("EXPIRED", "ACTIVE")
    assert at_google(stand_in, second)["state"] == "EXPIRED" and phone.card().offers == ()


async def test_a_reward_is_a_class_once_and_a_claim_an_object_once(street: Town, stand_in: Google):
    maya, _, _ = await claimed(street, stand_in, 2)
    await street.sell(maya, line(18_00))
    await street.follow()

    made = [each["path"] for each in stand_in.wallet.requests if each["method"] == "POST"]
    assert sum("offerClass" in path for path in made) == 1 and sum("offerObject" in path for path in made) == 2


async def test_a_claim_that_google_refuses_stops_no_card(street: Town, stand_in: Google):
    maya = await street.join("maya@example.com")
    phone = Android(stand_in)
    phone.save((await maya.get("/me/wallets"))["google"])
    await street.sell(maya, line(700_00, "dairy"), partner="rayhan")
    await street.follow()
    stand_in.wallet.fail(400, "invalidResource")
    await maya.ask("PUT", f"/me/claims/{new_id()}", {"reward": "any-coffee"})
    await street.follow()
    await street.sell(maya, line(18_00))
    await street.follow()

    assert phone.card().points == str((await maya.get("/me/card"))["points"])
