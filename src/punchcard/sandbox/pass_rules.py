"""What a phone demands of a pass before it takes it: Apple's rules, read strictly. Whatever is off is refused with its name."""

import base64
import hashlib
import io
import re
import struct
import zipfile
from datetime import datetime
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from msgspec import Struct

from . import cms

STYLES = frozenset({"boardingPass", "coupon", "eventTicket", "generic", "storeCard"})
REQUIRED = ("description", "organizationName", "passTypeIdentifier", "serialNumber", "teamIdentifier")
KNOWN = STYLES.union(
    REQUIRED,
    ("formatVersion", "webServiceURL", "authenticationToken", "backgroundColor", "foregroundColor", "labelColor"),
    ("barcodes", "logoText", "expirationDate", "voided", "locations", "maxDistance", "beacons", "relevantDates", "nfc"),
    ("sharingProhibited", "associatedStoreIdentifiers", "appLaunchURL", "userInfo", "semantics", "suppressStripShine"),
)
GROUPS = ("headerFields", "primaryFields", "secondaryFields", "auxiliaryFields", "backFields")
FIELD_KEYS = frozenset(
    {"key", "value", "label", "changeMessage", "textAlignment", "numberStyle", "currencyCode", "attributedValue"}
    | {"dateStyle", "timeStyle", "ignoresTimeZone", "isRelative", "dataDetectorTypes", "semantics"}
)
BARCODES = frozenset(f"PKBarcodeFormat{name}" for name in ("QR", "PDF417", "Aztec", "Code128"))
COLOUR = re.compile(r"rgb\((\d{1,3}), (\d{1,3}), (\d{1,3})\)")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)")
STRINGS_ROW = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*=\s*"((?:[^"\\]|\\.)*)"\s*;\s*(?:/\*.*?\*/\s*)*', re.DOTALL)
IMAGES = {"icon": (38, 38), "logo": (160, 50), "strip": (375, 144), "thumbnail": (90, 90)}
FRONT_ROW_MOST = 4
TOKEN_CHARACTERS_MIN = 16
NAME_PARTS_MAX = 2
NFC_BYTES_MAX = 64


class NotAPass(Exception):
    """The phone refuses the pass; the message says why."""


class Opened(Struct, frozen=True):
    """A pass that the phone takes."""

    body: dict[str, Any]
    strings: dict[str, dict[str, str]]
    """The texts of each language, by what pass.json says."""
    files: dict[str, bytes]
    signed: cms.Signed

    def fields(self, group: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.body["storeCard"].get(group, [])
        return found


def demand(holds: object, why: str) -> None:
    if not holds:
        raise NotAPass(why)


def opened(package: bytes, root: x509.Certificate, *, http_allowed: bool = False) -> Opened:
    """Unpack and check a .pkpass. `http_allowed` is the developer's switch. Raises NotAPass."""
    files = unpacked(package)
    manifest = decoded(files, "manifest.json")
    listed = {name: hashlib.sha1(content).hexdigest() for name, content in files.items()}
    signature = listed.pop("signature", None)
    listed.pop("manifest.json")
    demand(signature, "there is no signature")
    demand(set(manifest) == set(listed), f"the manifest names other files: {set(manifest) ^ set(listed)}")
    demand(manifest == listed, "the manifest does not fit the files")
    try:
        signed = cms.verify(files["signature"], files["manifest.json"], root)
    except cms.BadSignature as error:
        raise NotAPass(str(error)) from None
    body = decoded(files, "pass.json")
    check_identity(body, signed.signer)
    check_look(body)
    check_service(body, http_allowed=http_allowed)
    check_images(files)
    return Opened(
        body, {name[:2]: strings(files[name]) for name in files if name.endswith("pass.strings")}, files, signed
    )


def unpacked(package: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            demand(archive.testzip() is None, "the archive is damaged")
            names = archive.namelist()
            demand(len(names) == len(set(names)), "the archive holds a name twice")
            files = {name: archive.read(name) for name in names}
    except zipfile.BadZipFile as error:
        raise NotAPass(f"no archive: {error}") from None
    for name in files:
        parts = name.split("/")
        fits = len(parts) == 1 or (len(parts) == NAME_PARTS_MAX and parts[0].endswith(".lproj"))
        demand(fits and ".DS_Store" not in name and ".." not in parts, f"{name} does not belong into a pass")
    return files


def decoded(files: dict[str, bytes], name: str) -> dict[str, Any]:
    demand(name in files, f"there is no {name}")
    try:
        return msgspec.json.decode(files[name], type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise NotAPass(f"{name}: {error}") from None


def check_identity(body: dict[str, Any], signer: x509.Certificate) -> None:
    demand(body.get("formatVersion") == 1, "formatVersion must be 1")
    for key in REQUIRED:
        demand(isinstance(body.get(key), str) and body[key], f"{key} is missing")
    demand(not (unknown := set(body) - KNOWN), f"unknown keys {unknown}")
    demand(not (empty := [key for key in body if body[key] in (None, "")]), f"{empty} say nothing")
    names = {attribute.oid: attribute.value for attribute in signer.subject}
    demand(body["passTypeIdentifier"] == names.get(NameOID.USER_ID), "the certificate is for another pass type")
    team = names.get(NameOID.ORGANIZATIONAL_UNIT_NAME)
    demand(body["teamIdentifier"] == team, "the certificate is another team's")


def check_look(body: dict[str, Any]) -> None:
    styles = STYLES & set(body)
    demand(styles == {"storeCard"}, f"one style, storeCard, is wanted here: {styles}")
    demand(set(body["storeCard"]) <= set(GROUPS), "a group of fields that a store card has not")
    for key in ("backgroundColor", "foregroundColor", "labelColor"):
        found = COLOUR.fullmatch(body.get(key, "rgb(0, 0, 0)"))
        demand(found and all(int(part) < 256 for part in found.groups()), f"{key} is no colour")
    keys = [check_field(field, group) for group in GROUPS for field in body["storeCard"].get(group, [])]
    demand(len(keys) == len(set(keys)), "a field's key is there twice")
    row = [*body["storeCard"].get("secondaryFields", []), *body["storeCard"].get("auxiliaryFields", [])]
    demand(len(row) <= FRONT_ROW_MOST, "more than four secondary and auxiliary fields")
    for barcode in body.get("barcodes", []):
        demand(barcode.get("format") in BARCODES, "a barcode of an unknown format")
        message, encoding = barcode.get("message"), barcode.get("messageEncoding")
        demand(isinstance(message, str) and message and isinstance(encoding, str), "a barcode without message")
        demand(message.encode(encoding, "ignore").decode(encoding) == message, "a barcode's message does not fit")
    check_nfc(body.get("nfc"))
    for key in ("expirationDate",):
        demand(key not in body or is_date(body[key]), f"{key} is no date with a zone")


def check_nfc(nfc: dict[str, Any] | None) -> None:
    """A tap: at most 64 bytes, encrypted for the readers' P-256 key."""
    if nfc is not None:
        demand(set(nfc) <= {"message", "encryptionPublicKey", "requiresAuthentication"}, "nfc: an unknown key")
        demand(0 < len(str(nfc.get("message", "")).encode()) <= NFC_BYTES_MAX, "nfc: a message of 1 to 64 bytes")
        try:
            key = serialization.load_der_public_key(base64.b64decode(nfc.get("encryptionPublicKey", ""), validate=True))
        except ValueError:
            key = None
        p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
        demand(p256, "nfc: encryptionPublicKey is no P-256 key")


def check_field(field: dict[str, Any], group: str) -> str:
    key = field.get("key")
    demand(isinstance(key, str) and key, f"a field of {group} has no key")
    demand(not (unknown := set(field) - FIELD_KEYS), f"{key}: unknown {unknown}")
    value = field.get("value")
    demand(isinstance(value, str | int | float) and not isinstance(value, bool) and value != "", f"{key} has no value")
    demand(all(each not in (None, "") for each in field.values()), f"{key} has an empty property")
    demand("changeMessage" not in field or "%@" in field["changeMessage"], f"{key}: changeMessage has no %@")
    misplaced = "textAlignment" in field and group in ("primaryFields", "backFields")
    demand(not misplaced, f"{key}: textAlignment is not for {group}")
    if "dateStyle" in field or "timeStyle" in field:
        demand(is_date(value), f"{key} is no date with a zone")
    if "numberStyle" in field or "currencyCode" in field:
        demand(isinstance(value, int | float), f"{key} is no number")
        demand(not {"numberStyle", "currencyCode"} <= set(field), f"{key}: a currency has no number style")
    return str(key)


def is_date(text: Any) -> bool:
    try:
        return bool(isinstance(text, str) and DATE.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def check_service(body: dict[str, Any], *, http_allowed: bool) -> None:
    url, token = body.get("webServiceURL"), body.get("authenticationToken")
    demand((url is None) == (token is None), "webServiceURL and authenticationToken go together")
    if url is not None:
        demand(url.startswith(("https://", "http://") if http_allowed else "https://"), "webServiceURL is not https")
        demand(not url.rstrip("/").endswith("/v1"), "webServiceURL must not hold /v1: the phone adds it")
        demand(isinstance(token, str) and len(token) >= TOKEN_CHARACTERS_MIN, "authenticationToken is too short")


def check_images(files: dict[str, bytes]) -> None:
    demand("icon.png" in files, "there is no icon.png")
    for name in files:
        found = re.fullmatch(r"(?:\w+\.lproj/)?(\w+?)(?:@([23])x)?\.png", name)
        if found:
            content, scale = files[name], int(found[2] or 1)
            demand(content[:8] == b"\x89PNG\r\n\x1a\n", f"{name} is no PNG")
            width, height = struct.unpack(">II", content[16:24])
            most = IMAGES.get(found[1], (10_000, 10_000))
            demand(width <= most[0] * scale and height <= most[1] * scale, f"{name} is too large: {width}×{height}")


def strings(content: bytes) -> dict[str, str]:
    """The rows of a pass.strings file in UTF-8 or UTF-16. Raises NotAPass where it is none."""
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    rows, at = {}, 0
    while at < len(text):
        found = STRINGS_ROW.match(text, at)
        if not found:
            raise NotAPass(f"pass.strings cannot be read at {text[at : at + 30]!r}")
        rows[plain(found[1])] = plain(found[2])
        at = found.end()
    return rows


def plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t", "r": "\r"}.get(found[1], found[1]), text)
