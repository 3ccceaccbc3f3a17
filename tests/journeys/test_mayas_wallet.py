"""Maya's wallet, over HTTP: a card, a coupon beside it, a question at the back of the card, and a card that leaked."""

import re

from punchcard.sandbox.apns import Apns
from punchcard.sandbox.iphone import IPhone
from tests.town import Town, line

COFFEE = line(18_00)


def iphone_of(town: Town) -> IPhone:
    """A phone that asks when the test says so."""
    root = town.outside.world.settings.apple_wwdr
    assert root
    return IPhone(Apns(town.clock.now), root.with_name("authority.pem"), http_allowed=True, http=town.client)


async def follow(town: Town, phone: IPhone) -> None:
    """The worker does what is due, and the phone that was woken asks."""
    await town.follow()
    await phone.refresh()
    assert phone.listening
    phone.listening.cancel()


async def test_from_a_claim_to_a_coupon_to_a_new_card(town: Town) -> None:
    maya, phone = await town.join("maya@example.com"), iphone_of(town)
    await phone.add((await maya.get("/me/wallets"))["apple"])
    await town.sell(maya, line(700_00, "dairy", "cheese"), partner="rayhan")
    await follow(town, phone)

    # a coffee claimed, and onto the phone with it
    claim = "01920000-0000-7000-8000-0000000000c1"
    assert (await maya.ask("PUT", f"/me/claims/{claim}", {"reward": "any-coffee"})).status_code == 201
    await follow(town, phone)
    [ticket] = (await maya.get("/me/wallets"))["tickets"]
    coupon = await phone.add(ticket["apple"])
    assert (ticket["id"], coupon.style, coupon.code) == (f"claim:{claim}", "coupon", claim)

    # used at the till: the card has what it earned, the coupon is void
    used = (await town.sell(maya, COFFEE, vouchers=[coupon.code])).json()
    await follow(town, phone)
    assert used["vouchers_used"] == [claim]
    assert phone.shows().primary[0][1] == f"{used['balance']:,}" and [each.is_void for each in phone.tickets()] == [
        True
    ]

    # why so many? the back of the card knows, and gives nothing away
    assert phone.card
    [why] = set(re.findall(r'https?://[^"<> ]+/why', str(phone.card.opened.body)))
    page = await town.client.get(why)
    assert page.status_code == 200 and "Nola Coffee" in page.text
    assert maya.card.replace("-", "") not in page.text and "Maya" not in page.text

    # its picture was posted: all that hung on it ends, and the new one is hers with the same balance
    because = {"because": "its picture was posted"}
    void = await town.ask("POST", f"/console/members/{maya.card}/passes/void", because, town.operator_key)
    await follow(town, phone)
    old = phone.shows()
    assert void.status_code == 200 and old.is_void and old.code == ""
    assert (await town.client.get(why)).status_code == 404
    assert (await town.sell(maya, COFFEE)).status_code == 409
    new = await phone.add((await maya.get("/me/wallets"))["apple"])
    maya.card = (await maya.get("/me/card"))["code"]
    assert (new.is_void, new.primary[0][1]) == (False, f"{used['balance']:,}")
    assert (await town.sell(maya, COFFEE)).status_code < 300
    assert phone.troubles == []
