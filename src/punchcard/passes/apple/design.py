"""A design folder, as a designer edits it: colours and style in design.toml, images beside it, a language's own in
xx.lproj, the layout in layout.toml (its own, or the one that all share), texts in strings.toml."""

import logging
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.locale import LANGUAGES

from .images import BadDesign, Finding, Pictures
from .layout import Layout, Style
from .layout_checks import mistakes
from .package import Template
from .painting import Paint
from .sayings import Own, Strings

__all__ = ["BadDesign", "Design", "Finding", "check", "load"]

logger = logging.getLogger(__name__)

COLOUR = re.compile(r"rgb\((\d{1,3}), (\d{1,3}), (\d{1,3})\)")
CONTRAST_MIN = 4.5
"""WCAG's AA for small text."""
LAYOUT, STRINGS = "layout.toml", "strings.toml"
PARTNERS = "partners"

Read = TypeVar("Read")


class Look(Struct, frozen=True, forbid_unknown_fields=True):
    """design.toml. Colours as Apple writes them: rgb(243, 205, 208)."""

    background: str
    foreground: str
    label: str
    strip: str = ""
    """Behind the strip, while there is no image."""
    style: Style = "storeCard"
    paint: Paint | None = None
    """How `punchcard pass paint` makes the images."""

    def colours(self) -> dict[str, str]:
        found = {"background": self.background, "foreground": self.foreground, "label": self.label}
        return found | ({"strip": self.strip} if self.strip else {})


class Design:
    """One design: how it looks, what stands where, and its images laid out once for each language and partner."""

    def __init__(
        self, name: str, look: Look, layout: Layout, strings: Strings, pictures: Pictures, partners: list[str]
    ):
        self.name, self.look, self.layout, self.strings = name, look, layout, strings
        self.templates = {
            (language, partner): Template(pictures.members(language, partner))
            for language in LANGUAGES
            for partner in ("", *partners)
        }

    def template(self, language: str, partner: str = "") -> Template:
        """The images that a member with this language gets, in the partner's dress where it has one."""
        return self.templates.get((language, partner)) or self.templates[language, ""]


def check(folder: Path, tiers: Sequence[str] = ()) -> list[Finding]:
    """Everything that is wrong with the designs in the folder, and which of these tiers nobody has drawn."""
    designs, findings = read(folder)
    bare = [tier for tier in tiers if tier not in designs]
    return findings + [
        Finding(folder / f"{tier}.pass", "is missing: cards of this tier borrow another's design", warning=True)
        for tier in bare
    ]


def load(folder: Path) -> dict[str, Design]:
    """Every design in the folder by name: a tier's, and those of tickets. Raises BadDesign with all that is wrong."""
    designs, findings = read(folder)
    if wrong := [str(each) for each in findings if not each.warning]:
        raise BadDesign("\n".join(wrong))
    for each in findings:
        logger.warning("%s", each)
    return designs


def read(folder: Path) -> tuple[dict[str, Design], list[Finding]]:
    """The designs that can be read, and what is wrong in the folder."""
    findings: list[Finding] = []
    shared = toml(folder / STRINGS, dict[str, Own], {}, findings)
    layout = toml(folder / LAYOUT, Layout, None, findings)
    designs = {}
    for each in sorted(folder.glob("*.pass")):
        design = one(each, layout, house() | (shared or {}), findings)
        if design:
            designs[design.name] = design
    if not [each for each in designs.values() if each.look.style == "storeCard"] and not findings:
        why = "holds no card: make a folder <tier>.pass with design.toml, icon.png, logo.png and strip.png"
        findings.append(Finding(folder, why))
    return designs, findings


def one(folder: Path, shared: Layout | None, strings: Strings, findings: list[Finding]) -> Design | None:
    look = toml(folder / "design.toml", Look, None, findings)
    own = toml(folder / STRINGS, dict[str, Own], {}, findings) or {}
    file = folder / LAYOUT if (folder / LAYOUT).exists() else folder.parent / LAYOUT
    layout = toml(file, Layout, None, findings) if file.parent == folder else shared
    if layout is None and not file.exists():
        findings.append(Finding(file, "is missing: it says what stands where on the pass"))
    if look is None:
        return None
    findings.extend(coloured(look, folder / "design.toml"))
    partners = folder.parent / PARTNERS
    pictures = Pictures(folder, look.style, partners)
    names = sorted(each.name for each in partners.glob("*") if each.is_dir())
    wrong = [Finding(file, why) for why in mistakes(layout, look.style, strings | own)] if layout else []
    findings.extend(each for each in wrong if each not in findings)
    made = Design(folder.name.removesuffix(".pass"), look, layout or Layout(), strings | own, pictures, names)
    findings.extend(each for each in pictures.findings if each not in findings)
    return made


def toml(file: Path, kind: type[Read], missing: Read | None, findings: list[Finding]) -> Read | None:
    """The file as this kind; `missing` where there is none and none is needed."""
    if not file.exists() and file.name in (LAYOUT, STRINGS):
        return missing
    try:
        return msgspec.convert(tomllib.loads(file.read_text()), kind)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        findings.append(Finding(file, str(error)))
    except msgspec.ValidationError as error:
        findings.append(Finding(file, str(error).replace("Object contains unknown field", "there is no key")))
    return None


def house() -> Strings:
    """The house's own texts, those that hold nothing to fill in."""
    return {key: row for key, row in locale.catalogue("passes").items() if "{" not in str(row.values())}


def coloured(look: Look, file: Path) -> Iterator[Finding]:
    """Colours that are none, and texts that few can read."""
    parts = {}
    for name, text in look.colours().items():
        found = COLOUR.fullmatch(text)
        parts[name] = [int(each) for each in found.groups()] if found else [256]
        if max(parts[name]) > 255:
            yield Finding(file, f'{name} = "{text}" is no colour: write "rgb(243, 205, 208)", each 0 to 255')
    for name in ("foreground", "label"):
        if max(parts[name] + parts["background"]) <= 255:
            ratio = contrast(parts[name], parts["background"])
            if ratio < CONTRAST_MIN:
                why = f"{name} on background has a contrast of {ratio:.1f}; below {CONTRAST_MIN} few can read it"
                yield Finding(file, why, warning=True)


def contrast(one: list[int], other: list[int]) -> float:
    """WCAG's contrast of two colours: 1 to 21."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: list[int]) -> float:
    parts = [each / 255 for each in colour]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
