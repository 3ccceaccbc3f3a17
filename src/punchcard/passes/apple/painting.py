"""A design's images from a few colours: icon, logo and strip at every density, painted from a designer's layers.

What a designer draws once, at 3x and with transparency, stands in `passes/art`. A new tier then takes two lines:

    [paint]
    gradient = ["rgb(27, 97, 81)", "rgb(11, 58, 49)"]     # the strip's ground, from above
    tint = ["rgb(7, 40, 34)", "rgb(246, 179, 191)", "rgb(255, 236, 235)"]     # the art, from its darkest tone to its lightest

A partner's strip (`passes/partners/<id>/paint.toml`) has a hue instead, and no ground: it fits every tier."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from .images import BadDesign
from .painting_colours import Colour, oklch, rgb

PLATE_LIGHTNESS = 0.55


class Paint(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a folder's images are painted: `[paint]` of design.toml, or a partner's paint.toml."""

    gradient: tuple[str, ...] = ()
    """The strip's ground from above to below; none: transparent, so that the card's own colour shines through."""
    tint: tuple[str, ...] = ()
    """The art's tones from dark to light; none: as it is drawn."""
    hue: float | None = None
    """Degrees in OKLCH: a partner's colour, as a plate below the art."""
    chroma: float = 0.09
    art: str = "../art/branch.png"
    """A layer of the whole strip, or a smaller picture for its end side."""
    overhang: int = 0
    """Points by which a smaller picture stands over the end."""
    soft: str = "../art/petals.png"
    """A pale shape behind the text."""
    soft_opacity: float | None = None
    mark: str = ""
    """The colour of the mark in icon and logo; unless said the art's lightest but one, or the foreground."""


class Painted(Struct, frozen=True):
    """Where the images go, and their colours in numbers."""

    folder: Path
    paint: Paint
    ground: tuple[Colour, ...]
    tint: tuple[Colour, ...]
    background: Colour | None = None
    """None for a partner, who has a strip alone."""
    foreground: Colour | None = None
    mark: Colour | None = None
    plate: Colour | None = None
    is_low: bool = False
    """An event ticket's strip is 98 points high, not 144: the middle is kept."""


def paint(folder: Path) -> list[Path]:
    """Paint this design, or all in a designs folder; the files that were written. The same colours and layers give the
    same bytes. Raises BadDesign, which names the file."""
    from .painting_layers import images

    written: list[Path] = []
    for each in designs(folder):
        for path, content in images(each):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            written.append(path)
    return written


def designs(folder: Path) -> Iterator[Painted]:
    """What can be painted there: folders that say how."""
    if (folder / "design.toml").exists():
        yield from tier(folder)
    elif (folder / "paint.toml").exists():
        yield partner(folder)
    else:
        if not folder.is_dir():
            raise BadDesign(f"{folder} is no folder")
        for each in sorted(folder.glob("*.pass")):
            yield from tier(each)
        for each in sorted(folder.glob("partners/*/paint.toml")):
            yield partner(each.parent)


def tier(folder: Path) -> Iterator[Painted]:
    path = folder / "design.toml"
    said = read(path)
    if "paint" not in said:
        return
    how = converted(path, said["paint"])
    background, foreground = colour(path, said.get("background")), colour(path, said.get("foreground"))
    tint = tuple(colour(path, each) for each in how.tint)
    mark = colour(path, how.mark) if how.mark else tint[-2] if len(tint) > 1 else foreground
    ground = tuple(colour(path, each) for each in how.gradient) or (background,)
    is_low = said.get("style") == "eventTicket"
    yield Painted(folder, how, ground, tint, background, foreground, mark, is_low=is_low)


def partner(folder: Path) -> Painted:
    """The partner's art on a plate of its hue, over whatever ground the tier has."""
    path = folder / "paint.toml"
    how = converted(path, read(path))
    ground = tuple(colour(path, each) for each in how.gradient)
    plate = None if how.hue is None else oklch(PLATE_LIGHTNESS, how.chroma, how.hue)
    return Painted(folder, how, ground, tuple(colour(path, each) for each in how.tint), plate=plate)


def read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadDesign(f"{path}: {error}") from None


def converted(path: Path, said: Any) -> Paint:
    try:
        return msgspec.convert(said, Paint)
    except msgspec.ValidationError as error:
        raise BadDesign(f"{path}: {error}") from None


def colour(path: Path, text: Any) -> Colour:
    try:
        return rgb(str(text))
    except ValueError as error:
        raise BadDesign(f"{path}: {error}") from None
