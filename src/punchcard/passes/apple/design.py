"""A tier's design folder, as a designer edits it: colours in design.toml, images beside it, a language's own in xx.lproj."""

import struct
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from punchcard.foundation.locale import LANGUAGES
from punchcard.foundation.settings import BadSettings

from .package import Template

POINTS = {"icon": (38, 38), "logo": (160, 50), "strip": (375, 144)}
"""The largest size of each image at 1x; icon and strip must fill it."""
SCALES = ("", "@2x", "@3x")
EXACT = frozenset({"icon", "strip"})


class BadDesign(BadSettings):
    """A design folder cannot be used; the message names the file and says what to do."""


class Finding(Struct, frozen=True):
    """A mistake in a design, or a warning of one."""

    file: Path
    reason: str
    warning: bool = False


class Colours(Struct, frozen=True, forbid_unknown_fields=True):
    """As Apple writes colours: rgb(243, 205, 208)."""

    background: str
    foreground: str
    label: str


class Design(Struct, frozen=True):
    """A tier's colours, and its images laid out once for each language."""

    tier: str
    colours: Colours
    templates: Mapping[tuple[str, str], Template]

    def template(self, language: str, partner: str = "") -> Template:
        """The images that a member with this language gets, in the partner's dress where it has one."""
        return self.templates.get((language, partner)) or self.templates[language, ""]


def check(folder: Path) -> list[Finding]:
    """Everything that is wrong with the designs in the folder; nothing is what it should be."""
    try:
        load(folder)
    except BadDesign as error:
        return [Finding(folder, str(error))]
    return []


def load(folder: Path) -> dict[str, Design]:
    """Every design in the folder, by tier. Raises BadDesign."""
    found = {each.name.removesuffix(".pass"): design(each) for each in sorted(folder.glob("*.pass"))}
    if not found:
        raise BadDesign(f"{folder} holds no design: a folder <tier>.pass with design.toml and icon.png")
    return found


def design(folder: Path) -> Design:
    try:
        colours = msgspec.convert(tomllib.loads((folder / "design.toml").read_text()), Colours)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadDesign(f"{folder / 'design.toml'}: {error}") from None
    templates = {(language, ""): Template(images(folder, language)) for language in LANGUAGES}
    return Design(folder.name.removesuffix(".pass"), colours, templates)


def images(folder: Path, language: str) -> dict[str, bytes]:
    """The images that a member with this language gets: their own direction and logo, not everybody's."""
    found = {}
    for name, (width, height) in POINTS.items():
        for number, scale in enumerate(SCALES, start=1):
            file = f"{name}{scale}.png"
            path = folder / f"{language}.lproj" / file
            path = path if path.exists() else folder / file
            if path.exists():
                found[file] = sized(path, width * number, height * number, exact=name in EXACT)
    if "icon.png" not in found:
        raise BadDesign(f"{folder / 'icon.png'} is missing; without an icon a phone refuses the pass")
    return found


def sized(path: Path, width: int, height: int, *, exact: bool) -> bytes:
    content = path.read_bytes()
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        raise BadDesign(f"{path} is no PNG")
    real = struct.unpack(">II", content[16:24])
    if (exact and real != (width, height)) or real[0] > width or real[1] > height:
        raise BadDesign(f"{path} is {real[0]}×{real[1]}; {'it must be' if exact else 'at most'} {width}×{height}")
    return content
