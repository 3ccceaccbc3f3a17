"""Coupons and event tickets beside the card: added to an iPhone, used at the till, lapsed, handed back, ended; and the bundle."""

import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from punchcard import journal, rulebooks
from punchcard.demo import town as almond
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import new_id
from punchcard.passes import tickets
from punchcard.programme import Placement
from punchcard.sandbox.apns import Apns
from punchcard.sandbox.iphone import Front, IPhone
from punchcard.sandbox.pass_rules import NotAPass
from tests.journeys.people import sign_in_anew
from tests.town import Person, Town, line

pytestmark = pytest.mark.anyio

MORE = """
[[reward]]
id = "roasting"
name = { en = "An evening at the roaster", he = "ערב בבית הקלייה", ar = "أمسية في المحمصة", ru = "Вечер у обжарщика" }
points = 100
kind = "experience"
voucher_days = 30
partners = ["nola"]

[[reward]]
id = "shelter"
name = { en = "A meal for a cat", he = "ארוחה לחתול", ar = "وجبة لقطة", ru = "Обед коту" }
points = 50
kind = "donation"
"""
FRIENDS = """
[[tier]]
id = "friend"
name = { en = "Friends of the street", he = "ידידי הרחוב", ar = "أصدقاء الشارع", ru = "Друзья улицы" }
invited = true

"""


@pytest.fixture
async def maya(town: Town, db: Connection) -> Person:
    """With points to spend, where there is more to spend them on, and a tier that one is invited to."""
    text = almond.PROGRAMME.read_text()
    await rulebooks.publish(db, text.replace("[[earn]]", FRIENDS + "[[earn]]", 1) + MORE, town.clock.now() - 30)
    person = await town.join("maya@example.com")
    await town.sell(person, line(2400_00, "dairy", "cheese"), partner="rayhan")
    await town.follow()
    return person


@pytest.fixture
async def iphone(town: Town, maya: Person) -> AsyncIterator[IPhone]:
    """Maya's, with the card in its wallet."""
    phone = phone_of(town)
    await add(phone, (await maya.get("/me/wallets"))["apple"])
    yield phone
    assert phone.troubles == []


def phone_of(town: Town) -> IPhone:
    root = town.outside.world.settings.apple_wwdr
    assert root
    return IPhone(Apns(town.clock.now), root.with_name("authority.pem"), http_allowed=True, http=town.client)


async def add(phone: IPhone, link: str) -> Front:
    """It asks when the test says so, not by itself."""
    shown = await phone.add(link)
    if phone.listening:
        phone.listening.cancel()
    return shown


async def claim(town: Town, maya: Person, reward: str = "any-coffee") -> UUID:
    id = new_id()
    assert (await maya.ask("PUT", f"/me/claims/{id}", {"reward": reward})).status_code == 201
    return id


async def ticket_links(maya: Person, language: str = "en") -> dict[str, Any]:
    return {each["id"]: each for each in (await maya.get("/me/wallets", language))["tickets"]}


async def coupon(town: Town, maya: Person, iphone: IPhone, reward: str = "any-coffee") -> tuple[UUID, Front]:
    """Claimed, and added to the wallet."""
    id = await claim(town, maya, reward)
    return id, await add(iphone, (await ticket_links(maya))[f"claim:{id}"]["apple"])


async def looked_again(town: Town, iphone: IPhone) -> Front:
    """What the ticket shows when the worker has done its work and the phone asked."""
    town.outside.apns.woken.clear()
    await town.follow()
    assert iphone.push_token in [token for token, _ in town.outside.apns.woken], "the phone was woken"
    await iphone.refresh()
    [shown] = iphone.tickets()
    return shown


# A reward as a coupon


async def test_a_claimed_reward_is_a_coupon_with_the_code_that_the_till_takes(town: Town, maya: Person, iphone: IPhone):
    id, shown = await coupon(town, maya, iphone)
    [view] = await maya.get("/me/claims")

    assert (shown.style, shown.is_void) == ("coupon", False)
    assert (shown.code, shown.code_text) == (str(id), view["code"])
    assert "Any coffee" in str(shown)
    basket = {"card": maya.card, "cashier": "Dana", "lines": [line(18_00)]}
    quote = await town.ask("POST", "/till/quotes", basket, town.till_key)
    assert shown.code in [each["id"] for each in quote.json()["vouchers"]]


async def test_what_was_used_at_the_till_shows_it_and_cannot_be_used_again(town: Town, maya: Person, iphone: IPhone):
    id, shown = await coupon(town, maya, iphone)

    sold = await town.sell(maya, line(18_00), vouchers=[shown.code])
    used = await looked_again(town, iphone)
    again = await town.sell(maya, line(18_00), vouchers=[str(id)])

    assert sold.status_code < 300 and used.is_void and used.style == "coupon"
    assert again.status_code == 409 and again.json()["type"] == "urn:punchcard:no-such-voucher"
    assert f"claim:{id}" not in await ticket_links(maya)


async def test_what_comes_back_with_the_goods_can_be_used_again(town: Town, maya: Person, iphone: IPhone):
    id, _ = await coupon(town, maya, iphone)
    sale = new_id()
    await town.sell(maya, line(18_00), id=sale, vouchers=[str(id)])
    await looked_again(town, iphone)

    back = {"quantities": [{"line": 0, "quantity": 1}]}
    await town.ask("PUT", f"/till/sales/{sale}/returns/{new_id()}", back, town.till_key)

    assert not (await looked_again(town, iphone)).is_void


async def test_what_is_handed_back_is_void_on_the_phone(town: Town, maya: Person, iphone: IPhone):
    id, _ = await coupon(town, maya, iphone)

    assert (await maya.ask("DELETE", f"/me/claims/{id}")).status_code == 204

    assert (await looked_again(town, iphone)).is_void


async def test_what_lapses_is_void_on_the_phone(town: Town, maya: Person, iphone: IPhone):
    await coupon(town, maya, iphone)

    town.clock.at += 15 * DAY

    assert (await looked_again(town, iphone)).is_void


async def test_a_sale_of_something_else_fetches_the_card_and_not_the_coupon(town: Town, maya: Person, iphone: IPhone):
    await coupon(town, maya, iphone)
    await iphone.refresh()
    versions = iphone.versions
    await town.sell(maya, line(18_00))
    await town.follow()

    await iphone.refresh()

    assert iphone.versions == versions + 1


async def test_two_phones_hold_one_coupon_and_it_is_used_once(town: Town, maya: Person, iphone: IPhone):
    id, _ = await coupon(town, maya, iphone)
    other = phone_of(town)
    copy = await add(other, (await ticket_links(maya))[f"claim:{id}"]["apple"])

    assert (await town.sell(maya, line(18_00), vouchers=[copy.code])).status_code < 300
    assert (await town.sell(maya, line(18_00), vouchers=[copy.code])).status_code == 409
    await looked_again(town, iphone)
    await other.refresh()
    assert [each.is_void for each in (*iphone.tickets(), *other.tickets())] == [True, True]


async def test_somebody_elses_card_uses_no_coupon_of_mine(town: Town, maya: Person, iphone: IPhone):
    id, _ = await coupon(town, maya, iphone)
    noa = await town.join("noa@example.com", name="Noa")

    assert (await town.sell(noa, line(18_00), vouchers=[str(id)])).status_code == 409
    assert f"claim:{id}" in await ticket_links(maya)


# An experience, a donation, an invitation


async def test_an_experience_is_an_event_ticket(town: Town, maya: Person, iphone: IPhone):
    _, shown = await coupon(town, maya, iphone, "roasting")

    assert shown.style == "eventTicket" and "An evening at the roaster" in str(shown)


async def test_a_donation_leaves_nothing_to_show(town: Town, maya: Person):
    id = await claim(town, maya, "shelter")

    assert await ticket_links(maya) == {}
    page = (await maya.get("/me/wallets"))["apple"].removesuffix("/card.pkpass")
    assert (await town.client.get(f"{page}/tickets/claim:{id}.pkpass")).status_code == 404


async def placed(town: Town, maya: Person, tier: str, until: int = 0) -> None:
    at = town.clock.now()
    fact = Placement(id=str(uuid4()), at=at, tier=tier, until=until, author="the street")
    await journal.submit(town.outside.world.database, maya.member_id, fact, at)
    await town.follow()


async def test_whoever_is_invited_has_an_admission_pass_until_the_invitation_ends(
    town: Town, maya: Person, iphone: IPhone
):
    assert "club:friend" not in await ticket_links(maya)
    await placed(town, maya, "friend", town.clock.now() + 10 * DAY)

    links = await ticket_links(maya, "he")
    shown = await add(iphone, links["club:friend"]["apple"])
    town.clock.at += 11 * DAY
    ended = await looked_again(town, iphone)

    assert links["club:friend"]["title"] == "ידידי הרחוב" and links["club:friend"]["google"] is None
    assert (shown.style, shown.code) == ("eventTicket", maya.card.replace("-", ""))
    assert ended.is_void


async def test_a_tier_that_everybody_climbs_admits_nobody(town: Town, maya: Person, db: Connection):
    assert await tickets.of(db, maya.member_id, "club:blossom", town.clock.now()) is None


async def test_what_is_no_ticket_is_none(town: Town, maya: Person, db: Connection):
    page = (await maya.get("/me/wallets"))["apple"].removesuffix("/card.pkpass")

    for subject in ("", "claim:", "claim:x", f"claim:{uuid4()}", "club:", "club:nowhere", "offer:x"):
        assert await tickets.of(db, maya.member_id, subject, town.clock.now()) is None
        assert (await town.client.get(f"{page}/tickets/{subject}.pkpass")).status_code == 404


async def test_however_the_id_is_spelled_it_is_one_ticket(town: Town, maya: Person, db: Connection):
    page = (await maya.get("/me/wallets"))["apple"].removesuffix("/card.pkpass")
    id = await claim(town, maya)

    for spelled in (str(id), str(id).upper(), id.hex, f"urn:uuid:{id}", f"{{{id}}}"):
        assert (await town.client.get(f"{page}/tickets/claim:{spelled}.pkpass")).status_code == 200

    assert [row["subject"] for row in await db.fetch("select subject from apple_pass")] == [f"claim:{id}"]


# Several at once


async def test_a_bundle_brings_the_card_and_every_open_ticket_onto_the_phone(town: Town, maya: Person):
    await claim(town, maya)
    await claim(town, maya, "roasting")
    phone = phone_of(town)

    first = await add(phone, (await maya.get("/me/wallets"))["bundle"])

    assert first.style == "storeCard"
    assert sorted(each.style for each in phone.tickets()) == ["coupon", "eventTicket"]
    await town.sell(maya, line(18_00))
    await town.follow()
    assert await phone.refresh() and phone.troubles == []


async def test_a_bundle_holds_ten_and_lets_go_of_what_ends_last(town: Town, maya: Person):
    for reward in ["roasting"] * 3 + ["any-coffee"] * 2 + ["roasting"] * 6:
        await claim(town, maya, reward)
    link = (await maya.get("/me/wallets"))["bundle"]

    packed = await town.client.get(link)

    assert packed.headers["content-type"] == "application/vnd.apple.pkpasses"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert len(archive.namelist()) == 10
    phone = phone_of(town)
    await add(phone, link)
    assert [each.style for each in phone.tickets()].count("coupon") == 2


async def test_without_a_ticket_there_is_no_bundle_to_offer(maya: Person):
    links = await maya.get("/me/wallets")

    assert links["bundle"] is None and links["tickets"] == []


async def test_a_link_that_ended_gives_neither_tickets_nor_bundle(town: Town, maya: Person):
    id = await claim(town, maya)
    links = await maya.get("/me/wallets")
    town.clock.at += DAY
    await sign_in_anew(maya)

    for link in (links["bundle"], links["tickets"][0]["apple"]):
        assert (await town.client.get(link)).status_code == 410
    assert f"claim:{id}" in await ticket_links(maya)


async def test_a_page_in_a_bundles_place_is_not_added(town: Town, maya: Person):
    page = (await maya.get("/me/wallets"))["apple"].removesuffix("/card.pkpass")

    with pytest.raises(NotAPass):
        await phone_of(town).add(page)


# A leaked card


async def test_a_card_that_is_made_void_takes_its_coupons_along_and_the_new_one_has_them(
    town: Town, maya: Person, iphone: IPhone
):
    id, _ = await coupon(town, maya, iphone)
    because = {"because": "its picture was posted"}

    void = await town.ask("POST", f"/console/members/{maya.card}/passes/void", because, town.operator_key)
    old = await looked_again(town, iphone)
    phone = phone_of(town)
    await add(phone, (await maya.get("/me/wallets"))["bundle"])

    assert void.status_code == 200 and (old.style, old.is_void, old.code) == ("coupon", True, "")
    assert [(each.code, each.is_void) for each in phone.tickets()] == [(str(id), False)]
