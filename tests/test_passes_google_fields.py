"""What stands on the Google card beside points and texts: shops, app, links, money, the partner's picture; and the design."""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from punchcard import partners
from punchcard.foundation.database import Database
from punchcard.foundation.ids import new_id
from punchcard.foundation.money import Money
from punchcard.foundation.settings import Settings
from punchcard.passes import Place, card_texts
from punchcard.passes.google import link, render
from punchcard.passes.google.design import CLASS_FIELDS, OBJECT_FIELDS, design
from punchcard.passes.google.render import House
from punchcard.passes.model import App, Face
from tests.discovery_check import document, findings
from tests.googles import AT, ISSUER, Card, card_at_google, face_of

DESIGNS = Settings().designs_dir
CARD = card_texts(DESIGNS)
SHOPS = tuple(Place(f"Shop {number}", 32.0 + number / 100, 34.7) for number in range(12))


@pytest.fixture
async def card(tmp_path: Path, house: Database) -> AsyncIterator[Card]:
    async with card_at_google(tmp_path, house) as made:
        yield made


def house_of(**more: Any) -> House:
    usual: dict[str, Any] = {
        "card": CARD,
        "design": design(DESIGNS),
        "url": lambda picture: f"https://a.example/{picture}",
    }
    return House(ISSUER, **usual | more)


def object_of(face: Face, **more: Any) -> dict[str, Any]:
    made = render.loyalty_object(face, house_of(**more), AT, b"k" * 20)
    assert findings("walletobjects.v1", "LoyaltyObject", made) == []
    return made


def class_of(face: Face, **more: Any) -> dict[str, Any]:
    made = render.loyalty_class(face, house_of(**more))
    assert findings("walletobjects.v1", "LoyaltyClass", made) == []
    return made


def member(**face: Any) -> Face:
    return face_of(new_id(), **face)


def test_no_more_than_ten_shops_stand_on_the_class_and_ten_on_the_card_the_nearest_first() -> None:
    mine = tuple(reversed(SHOPS))

    assert len(class_of(member(), shops=SHOPS)["merchantLocations"]) == 10
    assert object_of(member(places=mine))["merchantLocations"][0] == {"latitude": 32.11, "longitude": 34.7}
    assert len(object_of(member(places=mine))["merchantLocations"]) == 10


def test_the_programmes_own_app_is_offered_under_a_title_of_thirty_characters() -> None:
    app = App(android_package="example.almond", title={"en": "Open the Almond app on this telephone", "he": "לפתוח"})

    made = class_of(member(), card=msgspec.structs.replace(CARD, app=app))["appLinkData"]

    assert made["androidAppLinkInfo"] == {"appTarget": {"packageName": "example.almond"}}
    assert made["displayText"]["defaultValue"]["value"] == "Open the Almond app on this t…"


def test_mail_and_telephone_in_the_contact_text_can_be_touched() -> None:
    contact = {"en": "help@almond.example\n03 555 0144\n+972 (3) 555-0199"}

    made = class_of(member(), card=msgspec.structs.replace(CARD, contact=contact, website="https://almond.example"))

    uris = [each["uri"] for each in made["linksModuleData"]["uris"]]
    assert uris == ["mailto:help@almond.example", "tel:035550144", "tel:+97235550199"]
    assert made["homepageUri"]["uri"] == "https://almond.example"


def test_the_card_leads_to_why_the_points_are_as_they_are() -> None:
    made = object_of(member(why_url="https://cards.example/c/x/why"))

    [uri] = made["linksModuleData"]["uris"]
    assert uri["uri"] == "https://cards.example/c/x/why" and len(uri["description"]) <= 20
    assert "linksModuleData" not in object_of(member())


@pytest.mark.parametrize(
    ("worth", "micros"),
    [(Money(24_80, "ILS"), "24800000"), (Money(500, "JPY"), "500000000"), (Money(1234, "KWD"), "1234000")],
)
def test_what_the_points_are_worth_is_money_of_its_own(worth: Money, micros: str) -> None:
    made = object_of(member(worth=worth))["secondaryLoyaltyPoints"]

    assert made["balance"] == {"money": {"currencyCode": worth.currency, "micros": micros}} and made["label"] == "Worth"


def test_points_beyond_googles_integer_are_text() -> None:
    assert object_of(member(points=2**31 - 1))["loyaltyPoints"]["balance"] == {"int": 2**31 - 1}
    assert object_of(member(points=2**31))["loyaltyPoints"]["balance"] == {"string": "2,147,483,648"}


def test_a_member_wears_the_picture_of_the_partner_where_they_are_at_home() -> None:
    look = design(DESIGNS)
    own = msgspec.structs.replace(look, partners={"nola": look.tiers["orchard"]})

    assert object_of(member(partner="nola"), design=own)["heroImage"]["sourceUri"]["uri"].endswith("hero-orchard.png")
    assert object_of(member(partner="nola", language="he"), design=own)["heroImage"]["sourceUri"]["uri"].endswith(
        "rtl.png"
    )
    assert "heroImage" not in object_of(member(partner="miro"), design=own)


def test_what_only_the_design_asks_for_stands_on_every_card() -> None:
    own = msgspec.structs.replace(
        design(DESIGNS),
        class_={"securityAnimation": {"animationType": "FOIL_SHIMMER"}},
        object_={"passConstraints": {"screenshotEligibility": "INELIGIBLE"}},
    )

    assert class_of(member(), design=own)["securityAnimation"] == {"animationType": "FOIL_SHIMMER"}
    assert object_of(member(), design=own)["passConstraints"] == {"screenshotEligibility": "INELIGIBLE"}
    assert "passConstraints" not in object_of(member())


async def test_the_class_names_the_shops_and_where_google_tells_who_saved_a_card(card: Card) -> None:
    async with card.world.database.transaction() as db:
        await partners.add_partner(db, partners.Partner("nola", {"en": "Nola"}, 150, 0.1))
        await partners.add_shop(db, partners.Shop("nola-1", "nola", "Nola", "Asia/Jerusalem", 0, 32.05, 34.77))
        await partners.add_shop(db, partners.Shop("nola-2", "nola", "Nola by mail", "Asia/Jerusalem", 0))

    await link(card.world, card.member(), AT, card.face)

    [of] = card.google.wallet.classes.values()
    assert of["merchantLocations"] == [{"latitude": 32.05, "longitude": 34.77}]
    assert of["callbackOptions"] == {"url": "https://cards.example/wallet/google/callback"}


async def test_what_a_class_says_no_more_is_gone_from_it(card: Card) -> None:
    member_id, _ = await card.saved()
    async with card.world.database.transaction() as db:
        await db.execute("update google_class set body_hash = '\\x00'")
    [of] = card.google.wallet.classes.values()
    of["homepageUri"] = {"uri": "https://old.example"}
    card.change(member_id, points=300)

    await card.refreshed(member_id)

    assert "homepageUri" not in next(iter(card.google.wallet.classes.values()))


def wrong(folder: Path, change: dict[str, Any]) -> str:
    """What is said of a design with this change."""
    shutil.copytree(DESIGNS, folder, dirs_exist_ok=True)
    file = folder / "member.google.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(msgspec.ValidationError) as refused:
        design(folder)
    return str(refused.value)


LOOK = {"colour": "#ffffff", "hero": "google/hero-bud.png", "heroRightToLeft": "google/hero-bud.rtl.png"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"class": {"colour": "red"}}, "class.colour"),
        ({"class": {"reviewStatus": "APPROVED"}}, "class.reviewStatus"),
        ({"class": {"infoModuleData": {}}}, "class.infoModuleData"),
        ({"object": {"state": "ACTIVE"}}, "object.state"),
        ({"texts": ["next", "weather"]}, "weather"),
        ({"tiers": {}}, "tiers"),
        ({"tiers": {"bud": LOOK | {"colour": "red"}}}, "colour"),
        ({"programmeLogo": "google/nothing.png"}, "google/nothing.png"),
        ({"programmeLogo": "google/hero-bud.png"}, "google/hero-bud.png: (1032, 336), not 660×660"),
        ({"partners": {"nola": {"hero": "google/logo.png", "heroRightToLeft": "google/logo.png"}}}, "google/logo.png"),
        ({"shine": True}, "shine"),
    ],
)
def test_a_design_that_does_not_fit_is_refused_by_the_name_of_what_is_wrong(
    tmp_path: Path, change: dict[str, Any], named: str
) -> None:
    assert named in wrong(tmp_path, change)


@pytest.mark.parametrize(("schema", "fields"), [("LoyaltyClass", CLASS_FIELDS), ("LoyaltyObject", OBJECT_FIELDS)])
def test_what_a_design_may_say_google_knows_and_has_not_retired(schema: str, fields: frozenset[str]) -> None:
    known = document("walletobjects.v1")["schemas"][schema]["properties"]

    assert [name for name in fields if name not in known or known[name].get("deprecated")] == []


@pytest.mark.parametrize("tier", ["bud", "blossom", "orchard"])
@pytest.mark.parametrize("language", ["en", "he", "ar", "ru"])
@pytest.mark.parametrize(
    "extreme",
    [
        {"points": 999_999_999, "worth": Money(9_999_999_99, "ILS")},
        {"name": "Bartholomäus Maximilian von und zu Hohenstaufen-Sonnenfels 🌸"},
        {"name": "מאיה Cohen 🌱"},
        {"name": "", "points": 0, "challenge": None, "last": None},
    ],
    ids=["much", "long", "mixed", "nothing"],
)
def test_every_tier_language_and_extreme_fits_googles_own_document(
    tier: str, language: str, extreme: dict[str, Any]
) -> None:
    face = member(tier=tier, language=language, **extreme)

    made = object_of(face)

    class_of(face, shops=SHOPS)
    assert len(made["accountName"]) <= 20 and made["classId"].endswith(tier)
