"""Designs × languages × extreme values: every pass that can be printed goes through openssl's manifest and the phone's rules,
and says what wallet-py3k's model says of it."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from wallet.models import Barcode, BarcodeFormat, Field, NumberField, PassHandler, StoreCard

from punchcard.foundation.locale import LANGUAGES
from punchcard.foundation.money import Money
from punchcard.passes import Face, Movement, Place, Ticket, texts
from punchcard.passes.apple import Press, render
from punchcard.passes.apple.model import LoyaltyPass, Sheet
from punchcard.passes.model import CardTexts
from punchcard.sandbox.authority import Authority
from punchcard.sandbox.pass_rules import Opened, opened

from .apple import AT, DESIGNS, FACE, SERIAL, SHOPS, made, press

__all__ = ["made", "press"]  # fixtures

MIXED = "דנה Dana 🌸 (VIP) עם Nola Coffee"
EXTREMES: dict[str, dict[str, Any]] = {
    "nothing": {"points": 0, "worth": None, "offer": None, "challenge": None, "last": None, "name": "", "places": ()},
    "nine digits": {"points": 123_456_789, "missing": 987_654_321, "worth": Money(12_345_678_900, "ILS")},
    "a name of 60": {"name": "Wolfeschlegelsteinhausenbergerdorff von und zu Hohenlohe-Öhring"[:60]},
    "emoji": {
        "name": "🌸👩‍👩‍👧‍👦🇮🇱",
        "tier_name": dict.fromkeys(LANGUAGES, "🌸"),
        "last": Movement(5, AT, {"en": "☕️"}),
    },
    "Hebrew with Latin": {
        "name": MIXED,
        "tier_name": {"en": "VIP", "he": MIXED},
        "last": Movement(-7, AT, {"he": MIXED}),
    },
    "quotes": {
        "name": '"; drop',
        "tier_name": dict.fromkeys(LANGUAGES, 'a "b" \\ \n c'),
        "why_url": "https://a/?b='&\"<",
    },
    "owing": {"points": -250, "worth": None},
    "at the top": {"tier": "orchard", "next_tier": "", "tier_until": AT + 400 * 86400},
}
TICKET = Ticket(
    id="01920000-0000-7000-8000-0000000000aa",
    kind="coupon",
    title={"en": "A coffee on the house", "he": "קפה על חשבון הבית"},
    text={"en": "Any size"},
    code="7QK4-PXM2",
    until=AT + 30 * 86400,
)


def printed(press: Press, made: Authority, sheet: Sheet) -> Opened:
    return opened(press.print(sheet, AT), x509.load_pem_x509_certificate(made.root.read_bytes()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", ["bud", "blossom", "orchard"])
@pytest.mark.parametrize("extreme", EXTREMES)
def test_every_card_is_taken_by_a_phone(press: Press, made: Authority, tier: str, language: str, extreme: str) -> None:
    face = replace(FACE, places=SHOPS, why_url="https://loyalty.example/c/x/why", partner="nola")
    face = replace(face, **{"tier": tier, "language": language} | EXTREMES[extreme])

    found = printed(press, made, Sheet(face, SERIAL, press.token(SERIAL)))

    assert set(found.strings) == set(LANGUAGES)
    assert all(set(rows) == set(found.strings[language]) for rows in found.strings.values())
    assert all(said == key for key, said in found.strings[language].items())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["coupon", "eventTicket"])
@pytest.mark.parametrize("state", ["active", "used", "ended"])
def test_every_ticket_is_taken_by_a_phone(press: Press, made: Authority, kind: Any, language: str, state: Any) -> None:
    ticket = replace(TICKET, kind=kind, state=state)
    face = replace(FACE, language=language, places=SHOPS)

    found = printed(press, made, Sheet(face, SERIAL, press.token(SERIAL), ticket))

    assert found.style == kind
    assert found.body["expirationDate"] == "2026-12-22T12:00:00Z"
    assert found.body.get("voided", False) == (state != "active")
    assert ("barcodes" in found.body) == ("locations" in found.body) == (state == "active")
    assert {"semantics", "nfc", "relevantDates"}.isdisjoint(found.body)
    assert [each["value"] for each in found.fields("secondaryFields")] == [
        TICKET.title.get(language, "A coffee on the house")
    ]


@pytest.mark.parametrize("how", [{"is_void": True}, {"is_open": False}])
def test_a_void_card_says_so_and_nothing_of_its_holder(press: Press, made: Authority, how: dict[str, bool]) -> None:
    full = replace(FACE, name="Maya Levi", places=SHOPS, why_url="https://loyalty.example/c/x/why", partner="nola")
    face = replace(full, is_open=how.get("is_open", True))
    nfc = replace(press, nfc_key="key")

    found = printed(nfc, made, Sheet(face, SERIAL, press.token(SERIAL), is_void="is_void" in how))

    said = json.dumps([found.body, found.strings], ensure_ascii=False)
    assert found.body["voided"] is True
    assert {"barcodes", "nfc", "locations", "semantics", "relevantDates", "userInfo"}.isdisjoint(found.body)
    assert not [each for each in ("Maya", "7QK4", "2480", "Nola", "Coffee", "Blossom", "/why") if each in said]
    assert found.fields("auxiliaryFields")[0]["label"] == "Not valid"
    assert found.files["strip.png"] == (DESIGNS / "blossom.pass" / "strip.png").read_bytes()


def test_shops_come_nearest_first_with_what_the_lock_screen_says(press: Press, made: Authority) -> None:
    found = printed(press, made, Sheet(replace(FACE, places=SHOPS), SERIAL, press.token(SERIAL)))

    assert [(each["latitude"], each["longitude"]) for each in found.body["locations"]] == [
        (each.latitude, each.longitude) for each in SHOPS
    ]
    nola = found.body["locations"][0]["relevantText"]
    assert nola == "Your Almond card for Nola"
    assert found.strings["ru"][nola] == "Ваша карта: Nola"


def test_the_card_says_what_its_points_are_worth_and_comes_up_while_the_offer_holds(
    press: Press, made: Authority
) -> None:
    assert FACE.offer
    face = replace(FACE, offer=replace(FACE.offer, since=AT - 3600))

    body = printed(press, made, Sheet(face, SERIAL, press.token(SERIAL))).body

    assert body["semantics"] == {"balance": {"amount": "24.80", "currencyCode": "ILS"}}
    assert body["relevantDates"] == [{"startDate": "2026-11-22T11:00:00Z", "endDate": "2026-11-22T15:00:00Z"}]
    assert body["sharingProhibited"] is True


def test_a_link_is_read_in_the_language_of_the_phone(press: Press, made: Authority) -> None:
    """Apple's reference calls `attributedValue` a localizable string."""
    address = "https://loyalty.example/c/abc/why"
    sheet = Sheet(replace(FACE, why_url=address), SERIAL, "t" * 64)

    made_of = render.render(sheet, press.design(sheet), press.common, press.signer, press.web_service_url, AT)

    links = {
        name: re.findall(r' = "<a href=\\"(.+?)\\">(.+?)</a>";', text.decode())
        for name, text in made_of.strings.items()
    }
    assert sorted(links) == [f"{each}.lproj/pass.strings" for each in ("ar", "en", "he", "ru")]
    assert all([to for to, _ in found] == [address] for found in links.values())
    assert len({said for found in links.values() for _, said in found}) == 4


def test_the_back_links_to_why_and_makes_links_of_phone_numbers(press: Press, made: Authority) -> None:
    face = replace(FACE, why_url="https://loyalty.example/c/abc/why")

    fields = {each["key"]: each for each in printed(press, made, Sheet(face, SERIAL, "t" * 64)).fields("backFields")}

    assert fields["why"]["attributedValue"] == (
        '<a href="https://loyalty.example/c/abc/why">See every movement and its reason</a>'
    )
    assert "PKDataDetectorTypePhoneNumber" in fields["help"]["dataDetectorTypes"]
    assert (fields["worth"]["value"], fields["worth"]["currencyCode"]) == (24.8, "ILS")


@pytest.mark.parametrize(
    "left, ru",
    [(1, "Остался ещё 1 раз: 7 из 8"), (3, "Осталось ещё 3 раза: 5 из 8"), (5, "Осталось ещё 5 раз: 3 из 8")],
)
def test_a_designers_own_text_counts_in_every_language(press: Press, made: Authority, left: int, ru: str) -> None:
    assert FACE.challenge
    face = replace(FACE, language="ru", challenge=replace(FACE.challenge, done=8 - left))

    found = printed(press, made, Sheet(face, SERIAL, "t" * 64))

    assert ru in [each["value"] for each in found.fields("backFields")]


def test_a_member_at_home_with_a_partner_wears_its_strip(press: Press, made: Authority) -> None:
    own = printed(press, made, Sheet(replace(FACE, partner="nola"), SERIAL, "t" * 64))
    stranger = printed(press, made, Sheet(replace(FACE, partner="nobody"), SERIAL, "t" * 64))

    assert own.files["strip@2x.png"] == (DESIGNS / "partners" / "nola" / "strip@2x.png").read_bytes()
    assert own.files["logo.png"] == stranger.files["logo.png"]
    assert stranger.files["strip@2x.png"] == (DESIGNS / "blossom.pass" / "strip@2x.png").read_bytes()


def modelled(press: Press, face: Face, said: CardTexts) -> dict[str, Any]:
    """The front of the card as wallet-py3k's own classes write it."""
    card = StoreCard()
    card.headerFields = [Field("level", face.tier_name["en"], "Level")]
    points = NumberField("points", face.points, "points")
    points.changeMessage = "New balance: %@"
    card.primaryFields = [points]
    card.secondaryFields = [Field("next", texts.next_value(face)["en"], texts.next_label(face)["en"])]
    for each in (*card.headerFields, *card.primaryFields, *card.secondaryFields):
        each.textAlignment = ""
    made = LoyaltyPass(card)
    made.passTypeIdentifier, made.teamIdentifier = press.signer.pass_type, press.signer.team
    made.organizationName, made.description = said.organisation["en"], said.description["en"]
    made.serialNumber, made.authenticationToken, made.webServiceURL = str(SERIAL), "t" * 64, press.web_service_url
    colours = press.designs["blossom"].look
    made.backgroundColor, made.foregroundColor, made.labelColor = colours.background, colours.foreground, colours.label
    made.barcodes = [Barcode(face.card_code, BarcodeFormat.QR, face.card_number)]
    return json.loads(json.dumps(made.json_dict(), default=PassHandler))  # type: ignore[no-any-return]  # an object


def test_pass_json_says_what_wallet_py3ks_model_says(press: Press) -> None:
    face = replace(FACE, offer=None, challenge=None, last=None, worth=None)

    design = press.designs["blossom"]
    made_pass = render.render(
        Sheet(face, SERIAL, "t" * 64), design, press.common, press.signer, press.web_service_url, AT
    )

    model, ours = modelled(press, face, press.common.said), made_pass.body
    ours["storeCard"].pop("backFields")
    assert ours.pop("sharingProhibited") is True
    assert ours.pop("barcodes")[:1] == model.pop("barcodes")
    assert ours == model


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)
said = st.fixed_dictionaries(dict.fromkeys(LANGUAGES, words))


@settings(max_examples=40, deadline=None)
@given(
    name=words,
    tier_name=said,
    points=st.integers(-(10**9), 10**9),
    missing=st.integers(0, 10**9),
    language=st.sampled_from(LANGUAGES),
    where=said,
    shop=words,
)
def test_whatever_people_are_called_the_pass_says_it(
    press: Press,
    made: Authority,
    name: str,
    tier_name: Any,
    points: int,
    missing: int,
    language: str,
    where: Any,
    shop: str,
) -> None:
    face = replace(
        FACE,
        name=name,
        tier_name=tier_name,
        points=points,
        missing=missing,
        language=language,
        last=Movement(7, AT, where),
        places=(Place(shop, 1.5, -2.5),),
    )

    found = printed(press, made, Sheet(face, UUID(int=7), "t" * 64))

    assert found.fields("headerFields")[0]["value"] == tier_name[language]
    assert found.fields("primaryFields")[0]["value"] == points
    assert [each["value"] for each in found.fields("backFields") if each["key"] == "name"] == [name]
