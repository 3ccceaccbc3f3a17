"""The images of a design: which there are, how large each may be, and which of them a member of a language gets."""

import struct
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from punchcard.foundation.locale import LANGUAGES
from punchcard.foundation.settings import BadSettings

from .layout import Style
from .package import Member, member

PNG = b"\x89PNG\r\n\x1a\n"
SCALES = ("", "@2x", "@3x")
EVERYWHERE = {"icon": (38, 38), "logo": (160, 50)}
STYLED: dict[Style, dict[str, tuple[int, int]]] = {
    "storeCard": {"strip": (375, 144)},
    "coupon": {"strip": (375, 144)},
    "eventTicket": {"strip": (375, 98), "background": (345, 505), "thumbnail": (90, 90)},
}
EXACT = frozenset({"icon", "strip"})
"""These must fill their place; others may be smaller."""
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


class BadDesign(BadSettings):
    """A design folder cannot be used; the message names the file and says what to do."""


class Finding(Struct, frozen=True):
    """A mistake in a design, or a warning of one."""

    file: Path
    reason: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


class Pictures:
    """The images of one design, each read, measured and laid out once, however many languages and partners share it."""

    def __init__(self, folder: Path, style: Style, partners: Path):
        self.folder, self.style, self.partners = folder, style, partners
        self.points = EVERYWHERE | STYLED[style]
        self.read: dict[Path, Member] = {}
        self.findings: list[Finding] = []
        self.named()

    def named(self) -> None:
        """Look for what nobody will ever see."""
        for file in sorted(self.folder.rglob("*")):
            stem = file.stem.partition("@")[0]
            if file.suffix.lower() in PICTURES and (stem not in self.points or file.suffix != ".png"):
                known = ", ".join(f"{name}.png" for name in self.points)
                self.findings.append(Finding(file, f"a {self.style} shows {known} alone; remove it", warning=True))
        for folder in sorted(self.folder.glob("*.lproj")):
            if folder.stem not in LANGUAGES:
                self.findings.append(Finding(folder, f"the languages are {', '.join(LANGUAGES)}", warning=True))

    def members(self, language: str, partner: str) -> list[Member]:
        """The images for a member with this language: of the partner where it has its own, of the design else."""
        return [each for name in self.points for each in self.of(name, self.places(language, partner))]

    def places(self, language: str, partner: str) -> Iterator[Path]:
        """Where an image may lie, the best place first."""
        for folder in (*self.dresses(partner), self.folder):
            yield folder / f"{language}.lproj"
            yield folder

    def dresses(self, partner: str) -> Iterator[Path]:
        """A partner's own for this design, and the one for all; the strip of an event ticket is lower than all others."""
        if partner:
            yield self.partners / partner / self.folder.name
        if partner and self.style != "eventTicket":
            yield self.partners / partner

    def of(self, name: str, places: Iterator[Path]) -> Iterator[Member]:
        """The image in every density, all from one place."""
        for place in places:
            if found := [scale for scale in SCALES if (place / f"{name}{scale}.png").exists()]:
                for missing in [scale for scale in SCALES if scale not in found]:
                    self.missing(place, name, missing)
                yield from (self.member(place, name, scale) for scale in found)
                return
        self.missing(self.folder, name, "")

    def missing(self, place: Path, name: str, scale: str) -> None:
        if name == "icon" and not scale:
            self.note(Finding(place / "icon.png", "is missing; without an icon a phone refuses the pass"))
        elif scale:
            width, height = (points * (SCALES.index(scale) + 1) for points in self.points[name])
            size = f"{width}×{height}" if name in EXACT else f"at most {width}×{height}"
            self.note(Finding(place / f"{name}{scale}.png", f"is missing: draw it, {size}", warning=True))

    def note(self, finding: Finding) -> None:
        if finding not in self.findings:
            self.findings.append(finding)

    def member(self, place: Path, name: str, scale: str) -> Member:
        file = place / f"{name}{scale}.png"
        if file not in self.read:
            content = file.read_bytes()
            if why := self.misfit(content, name, scale):
                self.note(Finding(file, why))
            self.read[file] = member(file.name, content)
        return self.read[file]

    def misfit(self, content: bytes, name: str, scale: str) -> str:
        if content[:8] != PNG or len(content) < 24:
            return "is no PNG"
        number = SCALES.index(scale) + 1
        width, height = (points * number for points in self.points[name])
        real = struct.unpack(">II", content[16:24])
        if name in EXACT and real != (width, height):
            return f"is {real[0]}×{real[1]}; it must be {width}×{height}"
        if real[0] > width or real[1] > height:
            return f"is {real[0]}×{real[1]}; at most {width}×{height}"
        return ""
