"""What Google Wallet refuses of loyalty and offer classes and objects. Its schema leaves these to prose."""

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

IDENTIFIER = re.compile(r"[A-Za-z0-9._-]+")
CLASS_OF = {"loyaltyObject": "loyaltyClass", "offerObject": "offerClass"}
"""The shelf of the classes that each kind of object descends from."""
MANY = {"loyaltyClass": "loyaltyClasses", "offerClass": "offerClasses",
        "loyaltyObject": "loyaltyObjects", "offerObject": "offerObjects"}  # fmt: skip
"""What a JWT calls several of them."""
REQUIRED = {
    "loyaltyClass": ("id", "issuerName", "programName", "programLogo", "reviewStatus"),
    "offerClass": ("id", "issuerName", "provider", "title", "redemptionChannel", "reviewStatus"),
    "loyaltyObject": ("id", "classId", "state"),
    "offerObject": ("id", "classId", "state"),
}
EVERY_CLASS = """
    appLinkData callbackOptions classTemplateInfo countryCode enableSmartTap heroImage hexBackgroundColor homepageUri id
    imageModulesData issuerName linksModuleData localizedIssuerName merchantLocations messages
    multipleDevicesAndHoldersAllowedStatus notifyPreference redemptionIssuers review reviewStatus securityAnimation
    textModulesData valueAddedModuleData viewUnlockRequirement
"""
LOYALTY_CLASS = """
    accountIdLabel accountNameLabel discoverableProgram localizedAccountIdLabel localizedAccountNameLabel
    localizedProgramName localizedRewardsTier localizedRewardsTierLabel localizedSecondaryRewardsTier
    localizedSecondaryRewardsTierLabel programLogo programName rewardsTier rewardsTierLabel secondaryRewardsTier
    secondaryRewardsTierLabel wideProgramLogo
"""
OFFER_CLASS = """
    details finePrint helpUri localizedDetails localizedFinePrint localizedProvider localizedShortTitle localizedTitle
    provider redemptionChannel shortTitle title titleImage wideTitleImage
"""
EVERY_OBJECT = """
    appLinkData barcode classId classReference disableExpirationNotification groupingInfo hasLinkedDevice hasUsers heroImage
    id imageModulesData linkedObjectIds linksModuleData merchantLocations messages notifyPreference passConstraints
    rotatingBarcode saveRestrictions smartTapRedemptionValue state textModulesData validTimeInterval valueAddedModuleData
"""
LOYALTY_OBJECT = "accountId accountName linkedOfferIds loyaltyPoints secondaryLoyaltyPoints"
KNOWN = {
    "loyaltyClass": frozenset((EVERY_CLASS + LOYALTY_CLASS).split()),
    "offerClass": frozenset((EVERY_CLASS + OFFER_CLASS).split()),
    "loyaltyObject": frozenset((EVERY_OBJECT + LOYALTY_OBJECT).split()),
    "offerObject": frozenset(EVERY_OBJECT.split()),
}
STATES = frozenset({"ACTIVE", "COMPLETED", "EXPIRED", "INACTIVE"})
REVIEWS = frozenset({"UNDER_REVIEW", "DRAFT"})
CHANNELS = frozenset({"INSTORE", "ONLINE", "BOTH", "TEMPORARY_PRICE_REDUCTION"})
HOLDERS = frozenset({"MULTIPLE_HOLDERS", "ONE_USER_ALL_DEVICES", "ONE_USER_ONE_DEVICE"})
MESSAGE_TYPES = frozenset({"TEXT", "TEXT_AND_NOTIFY", "EXPIRATION_NOTIFICATION"})
AT_MOST = {"messages": 10, "merchantLocations": 10, "valueAddedModuleData": 15}
LINKED_OBJECTS_MAX = 50
APP_TEXT_CHARACTERS_MAX = 30
BALANCES = frozenset({"string", "int", "double", "money"})
INT32 = range(-(2**31), 2**31)
OFFSET = re.compile(r"(Z|[+-]\d\d:\d\d(:\d\d)?)$")


class Wrong(Exception):
    """A refusal of Google's: status, the reason that programs decide by, and a sentence."""

    def __init__(self, status: int, reason: str, sentence: str):
        super().__init__(sentence)
        self.status, self.reason, self.sentence = status, reason, sentence


def bad(reason: str, sentence: str) -> Wrong:
    return Wrong(400, reason, sentence)


def is_class(kind: str) -> bool:
    return kind not in CLASS_OF


def needed(kind: str, body: dict[str, Any]) -> None:
    for name in REQUIRED[kind]:
        if not body.get(name):
            raise bad("required", f"{name} is required.")


def check(kind: str, body: dict[str, Any], issuer: str) -> None:
    """Refuse what the real one refuses."""
    if unknown := sorted(set(body) - KNOWN[kind]):
        raise bad("badRequest", f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.')
    for name in ("id", "classId"):
        if name in body:
            check_id(str(body[name]), issuer)
    for name, most in AT_MOST.items():
        if len(body.get(name) or ()) > most:
            raise bad("invalidResource", f"The maximum number of {name} is {most}.")
    for rule in [*EVERY, *(CLASSES if is_class(kind) else OBJECTS)]:
        rule(body)
    if body.get("disableExpirationNotification") and kind != "offerObject":
        raise bad("invalidResource", "disableExpirationNotification can only be set for offers.")


def check_id(name: str, issuer: str) -> None:
    owner, _, suffix = name.partition(".")
    if not suffix or not IDENTIFIER.fullmatch(name):
        raise bad("invalidResourceId", f"Invalid resource ID: {name}. It must be issuerId.identifier.")
    if owner != issuer:
        raise Wrong(403, "permissionDenied", f"The service account may not edit issuer {owner}.")


def check_places(body: dict[str, Any]) -> None:
    for each in body.get("merchantLocations") or ():
        if not (-90 <= each.get("latitude", 91) <= 90 and -180 <= each.get("longitude", 181) <= 180):
            raise bad("invalidLocation", "A merchant location takes a latitude and a longitude in degrees.")


def check_app_link(body: dict[str, Any]) -> None:
    text = (body.get("appLinkData") or {}).get("displayText") or {}
    said = [text.get("defaultValue") or {}, *text.get("translatedValues", [])]
    if any(len(each.get("value", "")) > APP_TEXT_CHARACTERS_MAX for each in said):
        raise bad("invalidAppLink", "displayText has 30 characters at most.")


def check_links(body: dict[str, Any]) -> None:
    for each in (body.get("linksModuleData") or {}).get("uris") or ():
        if not re.match(r"[a-z][a-z0-9+.-]*:", each.get("uri", "")):
            raise bad("invalidUri", "A link's address must have a scheme.")


def check_messages(body: dict[str, Any]) -> None:
    for each in body.get("messages") or ():
        check_message(each)


def check_message(message: dict[str, Any]) -> None:
    if not (message.get("header") and message.get("body")):
        raise bad("invalidMessages", "A message takes a header and a body.")
    if message.get("messageType", "TEXT") not in MESSAGE_TYPES:
        raise bad("invalidMessages", f"Invalid value for messageType: {message['messageType']}")
    check_interval(message.get("displayInterval"))


def check_modules(body: dict[str, Any]) -> None:
    modules = [each.get("id") for each in body.get("textModulesData") or () if each.get("id")]
    if len(modules) != len(set(modules)):
        raise bad("invalidTextModules", "Text module ids must differ.")


def check_images(body: dict[str, Any]) -> None:
    for name in ("programLogo", "wideProgramLogo", "heroImage", "titleImage", "wideTitleImage"):
        image = body.get(name)
        uri = ((image or {}).get("sourceUri") or {}).get("uri", "")
        if image is not None and not (uri.startswith("https://") or is_ours(uri)):
            raise bad("invalidImage", f"{name}: an image takes a public https address.")


def is_ours(uri: str) -> bool:
    """Whether it leads to this machine or its network, where the demo that this stand-in serves has no https."""
    address = urlsplit(uri)
    host = address.hostname or ""
    try:
        return address.scheme == "http" and not ipaddress.ip_address(host).is_global
    except ValueError:
        return address.scheme == "http" and (host == "localhost" or host.endswith(".local"))


def check_review(body: dict[str, Any]) -> None:
    if body["reviewStatus"] not in REVIEWS:
        raise bad("invalidReviewStatus", f"Invalid review status Optional[{body['reviewStatus']}].")


def check_words(body: dict[str, Any]) -> None:
    if not re.fullmatch("#[0-9a-fA-F]{6}", body.get("hexBackgroundColor", "#000000")):
        raise bad("invalidColor", "hexBackgroundColor must be #rrggbb.")
    if body.get("redemptionChannel", "BOTH") not in CHANNELS:
        raise bad("invalidResource", f"Invalid value for redemptionChannel: {body['redemptionChannel']}")
    if body.get("multipleDevicesAndHoldersAllowedStatus", "MULTIPLE_HOLDERS") not in HOLDERS:
        raise bad("invalidResource", "Invalid value for multipleDevicesAndHoldersAllowedStatus.")


def check_callback(body: dict[str, Any]) -> None:
    url = (body.get("callbackOptions") or {}).get("url", "https://")
    if not url.startswith("https://"):
        raise bad("invalidCallback", "callbackOptions.url must be hosted on HTTPS.")


def check_state(body: dict[str, Any]) -> None:
    if body["state"] not in STATES:
        raise bad("invalidState", f"Invalid value for state: {body['state']}")


def check_balances(body: dict[str, Any]) -> None:
    for name in ("loyaltyPoints", "secondaryLoyaltyPoints"):
        balance = (body.get(name) or {}).get("balance", {"int": 0})
        if len(BALANCES & set(balance)) != 1:
            raise bad("invalidBalance", f"{name}.balance takes exactly one of string, int, double, money.")
        if "int" in balance and (not isinstance(balance["int"], int) or balance["int"] not in INT32):
            raise bad("badRequest", f"Invalid value at {name}.balance.int (TYPE_INT32).")
        micros = (balance.get("money") or {}).get("micros", "0")
        if not isinstance(micros, str) or not re.fullmatch(r"-?\d{1,19}", micros):
            raise bad("badRequest", f"Invalid value at {name}.balance.money.micros (TYPE_INT64).")


def check_barcode(body: dict[str, Any]) -> None:
    if (barcode := body.get("barcode")) and not (barcode.get("type") and barcode.get("value")):
        raise bad("invalidBarcode", "A barcode takes a type and a value.")
    if not str(body.get("smartTapRedemptionValue", "")).isascii():
        raise bad("invalidSmartTap", "smartTapRedemptionValue must be ASCII.")


def check_valid_time(body: dict[str, Any]) -> None:
    check_interval(body.get("validTimeInterval"))


def check_interval(interval: dict[str, Any] | None) -> None:
    """Both ends with their offset from UTC, or neither."""
    dates = [(interval or {}).get(end, {}).get("date", "") for end in ("start", "end")]
    if all(dates) and len({bool(OFFSET.search(date)) for date in dates}) != 1:
        raise bad("invalidTimeInterval", "start and end must both include an offset, or neither.")


def check_rotating(body: dict[str, Any]) -> None:
    """A pattern whose every TOTP value has its key, by the one algorithm that there is."""
    if (barcode := body.get("rotatingBarcode")) is None:
        return
    details = barcode.get("totpDetails") or {}
    parameters = details.get("parameters") or []
    wanted = {int(each) for each in re.findall(r"\{totp_value_(\d+)\}", barcode.get("valuePattern", ""))}
    if barcode.get("type") not in ("QR_CODE", "PDF_417") or not wanted:
        raise bad("invalidRotatingBarcode", "A rotating barcode takes a type and a pattern with a TOTP value.")
    if details.get("algorithm") != "TOTP_SHA1" or not str(details.get("periodMillis", "")).isdigit():
        raise bad("invalidRotatingBarcode", "totpDetails takes TOTP_SHA1 and periodMillis.")
    if wanted != set(range(len(parameters))):
        raise bad("invalidRotatingBarcode", "Each TOTP value of the pattern takes its parameters.")
    for each in parameters:
        if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", each.get("key", "")) or each.get("valueLength") not in range(1, 11):
            raise bad("invalidRotatingBarcode", "A TOTP parameter takes a key in base 16 and a length.")


Rule = Callable[[dict[str, Any]], None]
EVERY: tuple[Rule, ...] = (check_places, check_app_link, check_links, check_messages, check_modules, check_images)
CLASSES: tuple[Rule, ...] = (check_review, check_words, check_callback)
OBJECTS: tuple[Rule, ...] = (check_state, check_balances, check_barcode, check_rotating, check_valid_time)


def merged(before: Any, change: Any) -> Any:
    """PATCH: fields are merged, null takes one away, lists are replaced whole."""
    if not isinstance(change, dict):
        return change
    result = dict(before) if isinstance(before, dict) else {}
    for name, each in change.items():
        if each is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), each)
    return result
