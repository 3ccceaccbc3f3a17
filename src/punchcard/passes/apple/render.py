"""A face becomes a pass as its design lays it out: pass.json in the member's language, and its texts in all.

Only what differs from pass to pass is made here; the rest stands ready on the plate."""

import hmac
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from punchcard import authorisation
from punchcard.foundation.clock import Instant

from . import package
from .bindings import Shown
from .design import Design
from .model import Sheet
from .phrases import Columns, Common
from .plate import Issuer, Plate, plate
from .relevance import near, window
from .signing import Signer
from .slots import iso

NUL = b"\0"


class Rendered(Struct, frozen=True):
    """A pass ready to be packed, and its texts in every language by path."""

    body: dict[str, Any]
    """pass.json, ready to be encoded. Its parts are shared with other passes: to be read, never changed."""
    strings: dict[str, bytes]


def token(secret: str, pass_type: str, serial: str) -> str:
    """What the phone shows to prove that it holds this pass: 64 hexadecimal digits, the same for its whole life."""
    return hmac.digest(secret.encode(), NUL.join((pass_type.encode(), serial.encode())), "sha256").hex()


def holds(secrets: Sequence[str], pass_type: str, serial: str, shown: str) -> bool:
    """Whether the token is this pass's own, made with the secret or with one that is still accepted."""
    answers = [hmac.compare_digest(token(secret, pass_type, serial).encode(), shown.encode()) for secret in secrets]
    return any(answers)


def render(
    sheet: Sheet, design: Design, common: Common, signer: Signer, web_service_url: str, at: Instant, nfc_key: str = ""
) -> Rendered:
    """The pass for this sheet at this instant. `web_service_url` has no /v1 at its end: the phone adds it. With the
    readers' public key (`nfc_key`) a card also answers a tap, once the phone is unlocked."""
    face, ticket = sheet.face, sheet.ticket
    set_for = plate(design, common, Issuer(signer.pass_type, signer.team, web_service_url), face.language)
    is_void = sheet.is_void or not face.is_open
    shown, lines = Shown(face, ticket, common.said, is_void, at), dict[str, Columns]()
    body = set_for.body | {
        "serialNumber": str(sheet.serial),
        "authenticationToken": sheet.token,
        set_for.style: set_for.fields(shown, lines),
    }
    if not is_void:
        body |= set_for.about(shown, lines)
        if ticket and ticket.until:
            body["expirationDate"] = iso(ticket.until)
    if is_void or (ticket and ticket.state != "active"):
        body["voided"] = True
    else:
        body["barcodes"] = set_for.barcodes(shown)
        body |= relevant(set_for, shown, lines)
        if set_for.is_card:
            body |= card_only(set_for, shown, nfc_key)
    return Rendered(body, set_for.lines.files({key: lines[key] for key in lines.keys() - set_for.lines.known}))


def relevant(set_for: Plate, shown: Shown, lines: dict[str, Columns]) -> dict[str, Any]:
    """Where and when the phone brings the pass up by itself."""
    face, layout, nearby = shown.face, set_for.design.layout, set_for.said.nearby
    found: dict[str, Any] = {}
    if layout.places and face.places:
        found["locations"], said = near(face.places, nearby, set_for.language)
        lines.update(said)
        if nearby.max_distance:
            found["maxDistance"] = nearby.max_distance
    if set_for.beacons:
        found["beacons"] = set_for.beacons
        lines.update(set_for.beacon_lines)
    if layout.offer_window and face.offer and face.offer.since and set_for.is_card:
        found["relevantDates"] = window(face.offer.since, face.offer.until)
    return found


def card_only(set_for: Plate, shown: Shown, nfc_key: str) -> dict[str, Any]:
    """What only the card itself says: the tap, and what the points are worth."""
    found: dict[str, Any] = {}
    if nfc_key:
        message = authorisation.tap_value(shown.face.card_code)
        found["nfc"] = {"message": message, "encryptionPublicKey": nfc_key, "requiresAuthentication": True}
    worth = shown.face.worth
    if worth and set_for.design.layout.balance:
        found["semantics"] = {"balance": {"amount": worth.decimal, "currencyCode": worth.currency}}
    return found


def pack(rendered: Rendered, sheet: Sheet, design: Design, signer: Signer) -> bytes:
    """The signed .pkpass."""
    return package.build(rendered.body, rendered.strings, template(sheet, design), signer)


def template(sheet: Sheet, design: Design) -> package.Template:
    """The images of this pass. A void one wears the programme's own dress: where its holder bought is theirs to know."""
    is_void = sheet.is_void or not sheet.face.is_open
    partner = sheet.ticket.partner if sheet.ticket else sheet.face.partner
    return design.template(sheet.face.language, "" if is_void else partner)
