"""A member's face as Google's LoyaltyClass (one a tier) and LoyaltyObject (one a member). Pure."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from punchcard import authorisation
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.ids import digest
from punchcard.foundation.locale import LANGUAGES, RIGHT_TO_LEFT, Text
from punchcard.passes import texts
from punchcard.passes.model import CardTexts, Face

from .design import Design

INT32_MAX = 2**31 - 1
PERIOD_MILLISECONDS = 1000 * authorisation.PERIOD_SECONDS
NAME_CHARACTERS_MAX = 20

PictureUrl = Callable[[str], str]


def class_id(issuer: str, tier: str) -> str:
    return f"{issuer}.tier-{re.sub(r'[^A-Za-z0-9_-]', '-', tier)}"


def object_id(issuer: str, face: Face) -> str:
    return f"{issuer}.{face.member_id.hex}"


def loyalty_class(
    face: Face, issuer: str, design: Design, card: CardTexts, url: PictureUrl, tap_issuers: Sequence[str] = ()
) -> dict[str, Any]:
    """The class of the member's tier. It says UNDER_REVIEW on every write: Google approves it at once, and refuses APPROVED.

    `tap_issuers`: whose terminals may read the card by Smart Tap."""
    look = design.tier(face.tier)
    body = {
        **design.class_,
        "id": class_id(issuer, face.tier),
        "reviewStatus": "UNDER_REVIEW",
        **plain_and_localised("issuerName", card.organisation),
        **plain_and_localised("programName", card.organisation),
        **plain_and_localised("rewardsTier", face.tier_name),
        **plain_and_localised("rewardsTierLabel", words("level")),
        **plain_and_localised("accountNameLabel", words("member")),
        **plain_and_localised("accountIdLabel", words("number")),
        "programLogo": image(url(design.programme_logo), card.organisation),
        "heroImage": image(url(look.hero), card.description),
        "hexBackgroundColor": look.colour,
        "textModulesData": [
            text_module("terms", words("terms"), card.terms),
            text_module("contact", words("contact"), card.contact),
        ],
    }
    if card.website:
        body["homepageUri"] = {"uri": card.website}
    if tap_issuers:
        body |= {"enableSmartTap": True, "redemptionIssuers": list(tap_issuers)}
    return body


def loyalty_object(
    face: Face, issuer: str, design: Design, card: CardTexts, url: PictureUrl, at: Instant, totp_key: bytes
) -> dict[str, Any]:
    """Everything the member's card says, in the member's language with the others beside it. A phone shows the code that
    turns every half minute, made with `totp_key`; an old one the static code, which spends less."""
    rows = {"next": next_row, "offer": offer_row, "challenge": challenge_row, "last": last_row}
    body = {
        "id": object_id(issuer, face),
        "classId": class_id(issuer, face.tier),
        "state": "ACTIVE",
        "accountId": face.card_code[:NAME_CHARACTERS_MAX],
        "accountName": shortened(face.name),
        "loyaltyPoints": {"balance": balance(face.points), **label(face.unit or words("points"), face.language)},
        "textModulesData": [row for name in design.texts if (row := rows[name](face, at)) is not None],
        "barcode": {"type": "QR_CODE", "value": face.card_code, "alternateText": face.card_number},
        "rotatingBarcode": rotating(face, totp_key),
        "smartTapRedemptionValue": authorisation.tap_value(face.card_code),
        "groupingInfo": {"groupingId": "punchcard", "sortIndex": 1},
    }
    if face.language in RIGHT_TO_LEFT:
        body["heroImage"] = image(url(design.tier(face.tier).hero_right_to_left), card.description)
    return body


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
    if "rotatingBarcode" not in body:
        return body
    details = body["rotatingBarcode"]["totpDetails"]
    [parameter] = details["parameters"]
    hashed = parameter | {"key": digest(parameter["key"]).hex()}
    return body | {"rotatingBarcode": body["rotatingBarcode"] | {"totpDetails": details | {"parameters": [hashed]}}}


def balance(points: int) -> dict[str, Any]:
    """Google's integer ends at 2,147,483,647; more is written out."""
    return {"int": points} if points <= INT32_MAX else {"string": f"{points:,}"}


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


def words(key: str, **values: Any) -> Text:
    return {language: locale.say(f"passes_google.{key}", language, **values) for language in LANGUAGES}


def shortened(name: str) -> str:
    return name if len(name) <= NAME_CHARACTERS_MAX else f"{name[: NAME_CHARACTERS_MAX - 1].rstrip()}…"


def text_module(key: str, header: Text, body: Text, language: str = "en") -> dict[str, Any]:
    return {
        "id": key,
        "header": locale.of(header, language),
        "localizedHeader": localised(header, language),
        "body": locale.of(body, language),
        "localizedBody": localised(body, language),
    }


def plain_and_localised(field: str, text: Text) -> dict[str, Any]:
    return {field: locale.of(text, "en"), f"localized{field[0].upper()}{field[1:]}": localised(text, "en")}


def label(text: Text, language: str) -> dict[str, Any]:
    return {"label": locale.of(text, language), "localizedLabel": localised(text, language)}


def localised(text: Text, language: str) -> dict[str, Any]:
    """Google's LocalizedString: the member's language stands in wherever the phone's is not among ours."""
    others = [each for each in LANGUAGES if each != language and each in text]
    return {
        "defaultValue": {"language": language, "value": locale.of(text, language)},
        "translatedValues": [{"language": each, "value": text[each]} for each in others],
    }


def image(address: str, says: Text) -> dict[str, Any]:
    return {"sourceUri": {"uri": address}, "contentDescription": localised(says, "en")}


def changes(sent: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The smallest PATCH that turns what was sent (`without_key`) into `now`: whole fields, null for what is gone (also
    within a field)."""
    if sent.get("rotatingBarcode") == without_key(now).get("rotatingBarcode"):
        now = now | {"rotatingBarcode": sent.get("rotatingBarcode")}
    patch = {key: with_nulls(sent.get(key), value) for key, value in now.items() if sent.get(key) != value}
    return patch | {key: None for key in sent if key not in now}


def with_nulls(before: Any, value: Any) -> Any:
    if not isinstance(before, dict) or not isinstance(value, dict):
        return value
    return {key: with_nulls(before.get(key), each) for key, each in value.items()} | {
        key: None for key in before if key not in value
    }
