"""What a phone demands of a pass before it takes it: Apple's rules, read strictly. Whatever is off is refused with its name."""

import hashlib
import io
import re
import struct
import zipfile
from typing import Any

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID
from msgspec import Struct

from . import cms
from .pass_fields import STYLES, check_style
from .pass_keys import check_keys
from .refusing import NotAPass, demand, is_text

__all__ = ["NotAPass", "Opened", "opened", "unbundled"]

STRINGS_ROW = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*=\s*"((?:[^"\\]|\\.)*)"\s*;\s*(?:/\*.*?\*/\s*)*', re.DOTALL)
IMAGE = re.compile(r"(?:([\w-]+)\.lproj/)?(\w+?)(?:@([23])x)?\.png")
IMAGES = {
    "icon": (38, 38),
    "logo": (160, 50),
    "primaryLogo": (126, 30),
    "secondaryLogo": (135, 12),
    "strip": (375, 144),
    "thumbnail": (90, 90),
    "background": (345, 505),
    "artwork": (358, 448),
    "footer": (286, 15),
    "personalizationLogo": (150, 40),
}
"""The largest size of each image at 1x."""
ITS_OWN = {
    "strip": {"storeCard", "coupon", "eventTicket"},
    "thumbnail": {"generic", "eventTicket"},
    "background": {"eventTicket"},
    "primaryLogo": {"eventTicket"},
    "secondaryLogo": {"eventTicket"},
    "artwork": {"eventTicket"},
    "footer": {"boardingPass"},
    "personalizationLogo": {"storeCard"},
}
"""Images that only some styles show."""
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\.lproj")
PNG = b"\x89PNG\r\n\x1a\n"
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
NAME_PARTS_MAX = 2
BUNDLE_MAX, BUNDLE_BYTES_MAX = 10, 150_000_000
PERSONALIZATION = "personalization.json"
ENROLMENT = frozenset(
    f"PKPassPersonalizationField{name}" for name in ("Name", "PostalCode", "EmailAddress", "PhoneNumber")
)


class Opened(Struct, frozen=True):
    """A pass that the phone takes."""

    body: dict[str, Any]
    strings: dict[str, dict[str, str]]
    """The texts of each language, by what pass.json says."""
    files: dict[str, bytes]
    signed: cms.Signed

    @property
    def style(self) -> str:
        return next(style for style in STYLES if style in self.body)

    def fields(self, group: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.body[self.style].get(group, [])
        return found


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
    style = check_style(body)
    check_keys(body, style, http_allowed=http_allowed)
    check_identity(body, signed.signer)
    check_images(files, style)
    check_enrolment(files, body)
    texts = {name.split(".")[0]: strings(files[name]) for name in files if name.endswith(".lproj/pass.strings")}
    return Opened(body, texts, files, signed)


def unbundled(bundle: bytes) -> list[bytes]:
    """The passes of a .pkpasses file, still to be opened. Raises NotAPass."""
    demand(len(bundle) <= BUNDLE_BYTES_MAX, "the bundle is larger than 150 MB")
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            names = archive.namelist()
            demand(names and all("/" not in name and name.endswith(".pkpass") for name in names), "no bundle of passes")
            demand(len(names) == len(set(names)), "the bundle holds a name twice")
            demand(len(names) <= BUNDLE_MAX, f"more than {BUNDLE_MAX} passes in a bundle")
            return [archive.read(name) for name in names]
    except zipfile.BadZipFile as error:
        raise NotAPass(f"no archive: {error}") from None


def unpacked(package: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            names = archive.namelist()
            demand(len(names) == len(set(names)), "the archive holds a name twice")
            plain = all(each.compress_type in PACKED and not each.flag_bits & 1 for each in archive.infolist())
            demand(plain, "the archive is packed in a way of its own")
            demand(archive.testzip() is None, "the archive is damaged")
            files = {name: archive.read(name) for name in names}
    except zipfile.BadZipFile as error:
        raise NotAPass(f"no archive: {error}") from None
    for name in files:
        parts = name.split("/")
        in_place = len(parts) == 1 or (len(parts) == NAME_PARTS_MAX and LANGUAGE.fullmatch(parts[0]))
        fits = in_place and parts[-1] and not parts[-1].startswith(".")
        demand(fits, f"{name} does not belong into a pass")
    return files


def decoded(files: dict[str, bytes], name: str) -> dict[str, Any]:
    demand(name in files, f"there is no {name}")
    try:
        return msgspec.json.decode(files[name], type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise NotAPass(f"{name}: {error}") from None


def check_identity(body: dict[str, Any], signer: x509.Certificate) -> None:
    names = {attribute.oid: attribute.value for attribute in signer.subject}
    demand(body["passTypeIdentifier"] == names.get(NameOID.USER_ID), "the certificate is for another pass type")
    team = names.get(NameOID.ORGANIZATIONAL_UNIT_NAME)
    demand(body["teamIdentifier"] == team, "the certificate is another team's")


def check_images(files: dict[str, bytes], style: str) -> None:
    demand("icon.png" in files, "there is no icon.png")
    shown = {}
    for name, content in files.items():
        if not name.endswith(".png"):
            continue
        found = IMAGE.fullmatch(name)
        demand(found and found[2] in IMAGES, f"{name}: no phone shows an image of this name")
        assert found
        image, scale = found[2], int(found[3] or 1)
        demand(style in ITS_OWN.get(image, STYLES), f"{name}: a {style} has no {image}")
        demand(content[:8] == PNG and len(content) > 24, f"{name} is no PNG")
        width, height = struct.unpack(">II", content[16:24])
        most = IMAGES[image]
        demand(width <= most[0] * scale and height <= most[1] * scale, f"{name} is too large: {width}×{height}")
        shown[image] = name
    demand(
        "strip" not in shown or not {"background", "thumbnail"} & set(shown), "a strip beside background or thumbnail"
    )


def check_enrolment(files: dict[str, bytes], body: dict[str, Any]) -> None:
    """A pass that asks for a name first: a store card with a tap, what it asks for, and why."""
    if PERSONALIZATION not in files:
        demand("personalizationLogo.png" not in files, f"a personalizationLogo without {PERSONALIZATION}")
        return
    asked = decoded(files, PERSONALIZATION)
    wanted = asked.get("requiredPersonalizationFields")
    demand("storeCard" in body and "nfc" in body, f"{PERSONALIZATION} is for a store card with nfc")
    demand("personalizationLogo.png" in files, f"{PERSONALIZATION} needs a personalizationLogo.png")
    demand(
        isinstance(wanted, list) and wanted and set(wanted) <= ENROLMENT,
        f"{PERSONALIZATION}: an unknown field is asked for",
    )
    demand(is_text(asked.get("description")), f"{PERSONALIZATION} has no description")


def strings(content: bytes) -> dict[str, str]:
    """The rows of a pass.strings file in UTF-8 or UTF-16. Raises NotAPass where it is none."""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeError:
        raise NotAPass("pass.strings is neither UTF-8 nor UTF-16") from None
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
