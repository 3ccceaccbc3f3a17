"""A member's face as Google's LoyaltyClass (one a tier) and LoyaltyObject (one a member). Pure."""

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from punchcard import authorisation
from punchcard.foundation.clock import Instant
from punchcard.foundation.ids import digest
from punchcard.foundation.locale import RIGHT_TO_LEFT
from punchcard.passes import texts
from punchcard.passes.model import CardTexts, Face, Place

from . import parts
from .design import Design
from .parts import PictureUrl, image, label, plain_and_localised, text_module, words

PERIOD_MILLISECONDS = 1000 * authorisation.PERIOD_SECONDS
NAME_CHARACTERS_MAX = 20
GROUP = "punchcard"
"""The card and its offers lie together, the card first."""


class House(Struct, frozen=True):
    """What is the same on everybody's card: who issues it, how it looks, what the programme says, where it may be used."""

    issuer: str
    design: Design
    card: CardTexts
    url: PictureUrl
    tap_issuers: Sequence[str] = ()
    """Whose terminals may read the card by Smart Tap."""
    callback: str = ""
    """Where Google tells who saved the card and who deleted it; empty: nowhere."""
    shops: Sequence[Place] = ()


def class_id(issuer: str, tier: str) -> str:
    return f"{issuer}.tier-{re.sub(r'[^A-Za-z0-9_-]', '-', tier)}"


def object_id(issuer: str, face: Face) -> str:
    return f"{issuer}.{face.member_id.hex}"


def loyalty_class(face: Face, house: House) -> dict[str, Any]:
    """The class of the member's tier. It says UNDER_REVIEW on every write: Google approves it at once, and refuses APPROVED."""
    design, card = house.design, house.card
    look = design.tier(face.tier)
    body = {
        **design.class_,
        "id": class_id(house.issuer, face.tier),
        "reviewStatus": "UNDER_REVIEW",
        **plain_and_localised("issuerName", card.organisation),
        **plain_and_localised("programName", card.organisation),
        **plain_and_localised("rewardsTier", face.tier_name),
        **plain_and_localised("rewardsTierLabel", words("level")),
        **plain_and_localised("accountNameLabel", words("member")),
        **plain_and_localised("accountIdLabel", words("number")),
        "programLogo": image(house.url(design.programme_logo), card.organisation),
        "heroImage": image(house.url(look.hero), card.description),
        "hexBackgroundColor": look.colour,
        "textModulesData": [
            text_module("terms", words("terms"), card.terms),
            text_module("contact", words("contact"), card.contact),
        ],
    }
    if reach := list(parts.ways_to_reach(card.contact)):
        body["linksModuleData"] = {"uris": reach}
    if card.website:
        body["homepageUri"] = parts.link("home", card.website, card.organisation)
    if card.app.android_package:
        body["appLinkData"] = parts.app_link(card.app, card.organisation)
    if house.shops:
        body["merchantLocations"] = parts.places(house.shops)
    if house.callback:
        body["callbackOptions"] = {"url": house.callback}
    if house.tap_issuers:
        body |= {"enableSmartTap": True, "redemptionIssuers": list(house.tap_issuers)}
    return body


def loyalty_object(face: Face, house: House, at: Instant, totp_key: bytes) -> dict[str, Any]:
    """Everything the member's card says, in the member's language with the others beside it, but for its offers and
    messages. A phone shows the code that turns every half minute, made with `totp_key`; an old one the static code, which
    spends less. Who is frozen or gone has a card that says nothing."""
    whose = {"id": object_id(house.issuer, face), "classId": class_id(house.issuer, face.tier)}
    if not face.is_open:
        return whose | {"state": "INACTIVE"}
    design = house.design
    rows = {"next": next_row, "offer": offer_row, "challenge": challenge_row, "last": last_row}
    body = design.object_ | whose | {
        "state": "ACTIVE",
        "accountId": face.card_code[:NAME_CHARACTERS_MAX],
        "accountName": parts.shortened(face.name, NAME_CHARACTERS_MAX),
        "loyaltyPoints": {
            "balance": parts.balance(face.points),
            **label(face.unit or words("points"), face.language),
        },
        "textModulesData": [row for name in design.texts if (row := rows[name](face, at)) is not None],
        "barcode": {"type": "QR_CODE", "value": face.card_code, "alternateText": face.card_number},
        "rotatingBarcode": rotating(face, totp_key),
        "smartTapRedemptionValue": authorisation.tap_value(face.card_code),
        "groupingInfo": {"groupingId": GROUP, "sortIndex": 1},
    }  # fmt: skip
    if face.worth:
        body["secondaryLoyaltyPoints"] = {
            "balance": parts.money(face.worth),
            **label(words("worth"), face.language),
        }
    if face.why_url:
        body["linksModuleData"] = {"uris": [parts.link("why", face.why_url, words("why"), face.language)]}
    if face.places:
        body["merchantLocations"] = parts.places(face.places)
    if hero := own_hero(face, design):
        body["heroImage"] = image(house.url(hero), house.card.description)
    return body


def own_hero(face: Face, design: Design) -> str:
    """The picture that is the member's own: of the partner where they are at home, or the mirrored one of their tier.
    Empty where the class's will do."""
    mirrored = face.language in RIGHT_TO_LEFT
    if partner := design.partners.get(face.partner):
        return partner.hero_right_to_left if mirrored else partner.hero
    return design.tier(face.tier).hero_right_to_left if mirrored else ""


def rotating(face: Face, totp_key: bytes) -> dict[str, Any]:
    """Google's rotating barcode: the card's code, and behind it eight digits by RFC 6238."""
    return {
        "type": "QR_CODE",
        "valuePattern": f"{face.card_code}{{totp_value_0}}",
        "alternateText": face.card_number,
        "totpDetails": {
            "algorithm": "TOTP_SHA1",
            "periodMillis": str(PERIOD_MILLISECONDS),
            "parameters": [{"key": totp_key.hex().upper(), "valueLength": authorisation.DIGITS}],
        },
    }


def without_key(body: dict[str, Any]) -> dict[str, Any]:
    """What we keep of what Google was sent: the key of the rotating code by its digest alone."""
    if not body.get("rotatingBarcode"):
        return body
    details = body["rotatingBarcode"]["totpDetails"]
    [parameter] = details["parameters"]
    hashed = parameter | {"key": digest(parameter["key"]).hex()}
    return body | {"rotatingBarcode": body["rotatingBarcode"] | {"totpDetails": details | {"parameters": [hashed]}}}


def next_row(face: Face, at: Instant) -> dict[str, Any]:
    return text_module("next", texts.next_label(face), texts.next_value(face), face.language)


def offer_row(face: Face, at: Instant) -> dict[str, Any] | None:
    if not face.offer:
        return None
    return text_module("offer", face.offer.front, texts.offer_until(face.offer, face, at), face.language)


def challenge_row(face: Face, at: Instant) -> dict[str, Any] | None:
    if not (challenge := face.challenge):
        return None
    done = words("progress", done=challenge.done, target=challenge.target)
    return text_module("challenge", challenge.name, done, face.language)


def last_row(face: Face, at: Instant) -> dict[str, Any] | None:
    if not face.last:
        return None
    return text_module("last", words("last"), texts.movement_sentence(face.last), face.language)


def changes(sent: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The smallest PATCH that turns what was sent (`without_key`) into `now`: whole fields, null for what is gone (also
    within a field)."""
    if (code := sent.get("rotatingBarcode")) and code == without_key(now).get("rotatingBarcode"):
        now = now | {"rotatingBarcode": code}
    if "messages" in sent and without_sound(sent["messages"]) == now.get("messages"):
        now = now | {"messages": sent["messages"]}
    patch = {key: with_nulls(sent.get(key), value) for key, value in now.items() if sent.get(key) != value}
    return patch | {key: None for key in sent if key not in now}


def without_sound(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A message for which the phone rang is written again as one that is only read, and needs no writing for that."""
    return [each | {"messageType": "TEXT"} for each in messages]


def with_nulls(before: Any, value: Any) -> Any:
    if not isinstance(before, dict) or not isinstance(value, dict):
        return value
    return {key: with_nulls(before.get(key), each) for key, each in value.items()} | {
        key: None for key in before if key not in value
    }
