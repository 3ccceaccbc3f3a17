"""A face becomes a pass as its design lays it out: pass.json in the member's language, and its texts in all.

Only what differs from pass to pass is made here; the rest stands ready on the plate."""

import hmac
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from punchcard.foundation.clock import Instant

from . import package
from .bindings import Shown
from .design import Design
from .model import Sheet
from .package import Member, Template
from .phrases import Common
from .plate import Issuer, plate
from .signing import Signer

NUL = b"\0"


class Rendered(Struct, frozen=True):
    """A pass ready to be packed."""

    files: list[Member]
    """pass.json, then its pass.strings, one a language."""
    issuer: Issuer

    @property
    def written(self) -> bytes:
        """pass.json."""
        return self.files[0].content

    @property
    def body(self) -> dict[str, Any]:
        """What pass.json says."""
        return msgspec.json.decode(self.written, type=dict[str, Any])

    @property
    def strings(self) -> dict[str, bytes]:
        """The pass.strings by path."""
        return {each.name: each.content for each in self.files[1:]}


@lru_cache(maxsize=8)
def keyed(secret: str) -> hmac.HMAC:
    """The secret, ready for a message: copying it costs a third of beginning anew."""
    return hmac.new(secret.encode(), digestmod="sha256")


def token(secret: str, pass_type: str, serial: str) -> str:
    """What the phone shows to prove that it holds this pass: 64 hexadecimal digits, the same for its whole life."""
    made = keyed(secret).copy()
    made.update(NUL.join((pass_type.encode(), serial.encode())))
    return made.hexdigest()


def holds(secrets: Sequence[str], pass_type: str, serial: str, shown: str) -> bool:
    """Whether the token is this pass's own, made with the secret or with one that is still accepted."""
    answers = [hmac.compare_digest(token(secret, pass_type, serial).encode(), shown.encode()) for secret in secrets]
    return any(answers)


def render(
    sheet: Sheet, design: Design, common: Common, signer: Signer, web_service_url: str, at: Instant, nfc_key: str = ""
) -> Rendered:
    """The pass for this sheet at this instant. `web_service_url` has no /v1 at its end: the phone adds it. With the
    readers' public key (`nfc_key`) a card also answers a tap, once the phone is unlocked."""
    issuer = Issuer(signer.pass_type, signer.team, web_service_url, nfc_key)
    set_for = plate(design, common, issuer, sheet.face.language)
    shown = Shown(sheet.face, sheet.ticket, common.said, sheet.is_void or not sheet.face.is_open, at)
    return Rendered(set_for.printed(shown, str(sheet.serial), sheet.token), issuer)


def template(sheet: Sheet, design: Design) -> Template:
    """The images of this pass. A void one wears the programme's own dress: where its holder bought is theirs to know."""
    is_void = sheet.is_void or not sheet.face.is_open
    partner = sheet.ticket.partner if sheet.ticket else sheet.face.partner
    return design.template(sheet.face.language, "" if is_void else partner)


def pack(rendered: Rendered, sheet: Sheet, design: Design, signer: Signer) -> bytes:
    """The signed .pkpass."""
    assert (rendered.issuer.pass_type, rendered.issuer.team) == (signer.pass_type, signer.team)
    return package.build(rendered.files, template(sheet, design), signer)
