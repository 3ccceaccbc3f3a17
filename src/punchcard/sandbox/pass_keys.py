"""What a pass says at its top: which keys there are, of what type, and which go together."""

import base64
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .pass_fields import STYLES, check_semantics
from .refusing import demand, entries, is_colour, is_date, is_number, is_text, is_url, is_whole, only

REQUIRED = ("description", "organizationName", "passTypeIdentifier", "serialNumber", "teamIdentifier")
COLOURS = ("backgroundColor", "foregroundColor", "labelColor", "stripColor")
SWITCHES = ("voided", "sharingProhibited", "suppressStripShine")
KNOWN = frozenset(STYLES).union(
    REQUIRED,
    COLOURS,
    SWITCHES,
    ("formatVersion", "webServiceURL", "authenticationToken", "logoText", "expirationDate", "groupingIdentifier"),
    ("barcodes", "locations", "maxDistance", "beacons", "relevantDates", "nfc", "userInfo", "semantics"),
    ("associatedStoreIdentifiers", "appLaunchURL", "featuredActions"),
)
DEPRECATED = frozenset({"barcode", "relevantDate"})
GROUPED = frozenset({"boardingPass", "eventTicket"})
"""The styles that groupingIdentifier stacks."""
FORMATS = frozenset(f"PKBarcodeFormat{name}" for name in ("QR", "PDF417", "Aztec", "Code128"))
NEW_FORMATS = frozenset(f"PKBarcodeFormat{name}" for name in ("Code39", "Codabar", "EAN13", "I2of5"))
"""Known since iOS 27 alone: an older format must stand behind."""
TOKEN_CHARACTERS_MIN = 16
NFC_BYTES_MAX = 64
PLACES_MAX, ACTIONS_MAX = 10, 2
STORE_ID_MAX = 2**53


def check_keys(body: dict[str, Any], style: str, *, http_allowed: bool) -> None:
    """Everything but fields and images. Raises NotAPass."""
    demand(type(body.get("formatVersion")) is int and body["formatVersion"] == 1, "formatVersion must be 1")
    for key in REQUIRED:
        demand(is_text(body.get(key)), f"{key} is missing")
    demand(not (old := sorted(DEPRECATED & set(body))), f"{old}: deprecated")
    demand(not (unknown := set(body) - KNOWN), f"unknown keys {sorted(unknown)}")
    demand(not (empty := [key for key in body if body[key] in (None, "")]), f"{empty} say nothing")
    for key in COLOURS:
        demand(key not in body or is_colour(body[key]), f"{key} is no colour")
    for key in SWITCHES:
        demand(isinstance(body.get(key, False), bool), f"{key} is neither true nor false")
    demand(is_text(body.get("logoText", "x")), "logoText is no text")
    demand("groupingIdentifier" not in body or style in GROUPED, f"groupingIdentifier is not for a {style}")
    demand(isinstance(body.get("userInfo", {}), dict), "userInfo is no object")
    check_semantics(body.get("semantics"), "the pass")
    check_service(body, http_allowed=http_allowed)
    check_barcodes(entries(body, "barcodes"))
    check_nfc(body.get("nfc"))
    check_places(body)
    check_dates(body)
    check_app(body)


def check_service(body: dict[str, Any], *, http_allowed: bool) -> None:
    url, token = body.get("webServiceURL"), body.get("authenticationToken")
    demand((url is None) == (token is None), "webServiceURL and authenticationToken go together")
    if url is not None:
        demand(is_url(url) and urlsplit(url).netloc, "webServiceURL is no address")
        demand(url.startswith(("https://", "http://") if http_allowed else "https://"), "webServiceURL is not https")
        demand(not url.rstrip("/").endswith("/v1"), "webServiceURL must not hold /v1: the phone adds it")
        demand(isinstance(token, str) and len(token) >= TOKEN_CHARACTERS_MIN, "authenticationToken is too short")


def check_barcodes(barcodes: list[dict[str, Any]]) -> None:
    """The phone shows the first that it knows: a new format stands before an older one."""
    formats = []
    for barcode in barcodes:
        only(barcode, frozenset({"format", "message", "messageEncoding", "altText"}), "a barcode")
        formats.append(barcode.get("format"))
        demand(formats[-1] in FORMATS | NEW_FORMATS, "a barcode of an unknown format")
        message, encoding = barcode.get("message"), barcode.get("messageEncoding")
        demand(is_text(message), "a barcode without message")
        demand(is_text(encoding), "a barcode without messageEncoding")
        demand(is_text(barcode.get("altText", "x")), "a barcode's altText is no text")
        try:
            fits = str(message).encode(str(encoding)).decode(str(encoding)) == message
        except (LookupError, UnicodeError):
            fits = False
        demand(fits, "a barcode's message does not fit its encoding")
    demand(len(formats) == len(set(formats)), "a barcode's format is there twice")
    if NEW_FORMATS & set(formats):
        demand(FORMATS & set(formats), "no barcode that a phone before iOS 27 can show")
        first = min(index for index, each in enumerate(formats) if each in FORMATS)
        demand(
            all(each in FORMATS for each in formats[first:]), "a barcode that no phone shows: an older one is before it"
        )


def check_nfc(nfc: Any) -> None:
    """A tap: at most 64 bytes, encrypted for the readers' P-256 key."""
    if nfc is None:
        return
    demand(isinstance(nfc, dict), "nfc is no object")
    only(nfc, frozenset({"message", "encryptionPublicKey", "requiresAuthentication"}), "nfc")
    message = nfc.get("message")
    demand(is_text(message) and len(message.encode()) <= NFC_BYTES_MAX, "nfc: a message of 1 to 64 bytes")
    demand(isinstance(nfc.get("requiresAuthentication", True), bool), "nfc: requiresAuthentication is true or false")
    try:
        key = serialization.load_der_public_key(base64.b64decode(nfc.get("encryptionPublicKey", ""), validate=True))
    except (ValueError, TypeError):
        key = None
    p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    demand(p256, "nfc: encryptionPublicKey is no P-256 key")


def check_places(body: dict[str, Any]) -> None:
    for place in entries(body, "locations", PLACES_MAX):
        only(place, frozenset({"latitude", "longitude", "altitude", "relevantText"}), "a location")
        demand(is_number(place.get("latitude"), -90, 90), "a location's latitude is -90 to 90")
        demand(is_number(place.get("longitude"), -180, 180), "a location's longitude is -180 to 180")
        demand(is_number(place.get("altitude", 0)), "a location's altitude is no number")
        demand(is_text(place.get("relevantText", "x")), "a location's relevantText is no text")
    if "maxDistance" in body:
        demand(is_number(body["maxDistance"], 1), "maxDistance is metres, one at the least")
        demand("locations" in body, "maxDistance without locations")
    for beacon in entries(body, "beacons", PLACES_MAX):
        only(beacon, frozenset({"proximityUUID", "major", "minor", "relevantText"}), "a beacon")
        demand(is_uuid(beacon.get("proximityUUID")), "a beacon's proximityUUID is no UUID")
        demand(
            all(is_whole(beacon.get(key, 0), 0, 65535) for key in ("major", "minor")),
            "a beacon's numbers are 0 to 65535",
        )
        demand("minor" not in beacon or "major" in beacon, "a beacon's minor without its major")
        demand(is_text(beacon.get("relevantText", "x")), "a beacon's relevantText is no text")


def is_uuid(text: Any) -> bool:
    try:
        return isinstance(text, str) and str(UUID(text)) == text.lower()
    except ValueError:
        return False


def check_dates(body: dict[str, Any]) -> None:
    demand(is_date(body.get("expirationDate", "2027-01-01T00:00:00Z")), "expirationDate is no date with a zone")
    for entry in entries(body, "relevantDates"):
        demand(
            set(entry) in ({"date"}, {"startDate", "endDate"}), "relevantDates: either date, or startDate and endDate"
        )
        demand(all(map(is_date, entry.values())), "relevantDates: no date with a zone")


def check_app(body: dict[str, Any]) -> None:
    ids = body.get("associatedStoreIdentifiers")
    if ids is not None:
        demand(isinstance(ids, list) and ids, "associatedStoreIdentifiers is no list, or an empty one")
        demand(all(is_whole(each, 1, STORE_ID_MAX) for each in ids), "associatedStoreIdentifiers are whole numbers")
    if "appLaunchURL" in body:
        demand(ids is not None, "appLaunchURL needs associatedStoreIdentifiers")
        demand(is_url(body["appLaunchURL"]), "appLaunchURL is no address")
    for action in entries(body, "featuredActions", ACTIONS_MAX):
        only(action, frozenset({"identifier", "type", "url"}), "a featured action")
        demand(
            all(is_text(action.get(key)) for key in ("identifier", "type")), "a featured action has identifier and type"
        )
        demand(is_url(action.get("url", "x:y")), "a featured action's url is no address")
