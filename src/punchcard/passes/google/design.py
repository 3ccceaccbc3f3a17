"""What a designer says of the Google card: `member.google.json` and the pictures beside it in the designs folder."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from punchcard.passes.designs import Newest

Picture = Annotated[str, Meta(pattern=r"^google/[a-z0-9][a-z0-9.-]{0,60}\.png$")]
Colour = Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")]
Row = Literal["next", "offer", "challenge", "last"]

LOGO_PIXELS = (660, 660)
HERO_PIXELS = (1032, 336)
PNG = b"\x89PNG\r\n\x1a\n"

CLASS_FIELDS = frozenset(
    {
        "classTemplateInfo",
        "countryCode",
        "discoverableProgram",
        "imageModulesData",
        "multipleDevicesAndHoldersAllowedStatus",
        "securityAnimation",
        "valueAddedModuleData",
        "viewUnlockRequirement",
        "wideProgramLogo",
    }
)
"""What a design may say of Google's LoyaltyClass; the other fields are ours to fill, deprecated, or Google's own."""
OBJECT_FIELDS = frozenset({"imageModulesData", "passConstraints", "valueAddedModuleData"})
"""What a design may say of every member's LoyaltyObject."""


class Look(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A wide picture (1032×336), with the mirrored one for right-to-left."""

    hero: Picture
    hero_right_to_left: Picture


class TierLook(Look, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A tier's look, and its colour (#rrggbb)."""

    colour: Colour


class Design(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    programme_logo: Picture
    """660×660; Google cuts it to a circle."""
    tiers: Annotated[dict[str, TierLook], Meta(min_length=1)]
    texts: list[Row]
    """Which rows of the member's own text stand on the card, in this order."""
    partners: dict[str, Look] = {}
    """Whose picture the card wears where the member is at home."""
    class_: dict[str, Any] = msgspec.field(name="class", default_factory=dict)
    """Fields of Google's LoyaltyClass that are the same for every tier; they are sent as they stand."""
    object_: dict[str, Any] = msgspec.field(name="object", default_factory=dict)
    """Fields of Google's LoyaltyObject that are the same for every member."""

    def __post_init__(self) -> None:
        refuse_strange("class", self.class_, CLASS_FIELDS)
        refuse_strange("object", self.object_, OBJECT_FIELDS)

    def tier(self, tier: str) -> TierLook:
        """A tier that the designer has not drawn looks like the first one."""
        return self.tiers.get(tier) or next(iter(self.tiers.values()))

    def heroes(self) -> set[str]:
        looks = [*self.tiers.values(), *self.partners.values()]
        return {picture for look in looks for picture in (look.hero, look.hero_right_to_left)}


def refuse_strange(where: str, said: dict[str, Any], fields: frozenset[str]) -> None:
    if strange := sorted(set(said) - fields):
        raise ValueError(f"{where}.{strange[0]}: a design may say {', '.join(sorted(fields))}")


def design(designs: Path) -> Design:
    """Read again when the folder changed. What does not fit is refused with the field's or the picture's name
    (msgspec.ValidationError), unless there is a former one, which stays in use then."""
    return newest(designs)[0]


def pictures(designs: Path) -> dict[str, bytes]:
    """The pictures that the design shows, by name."""
    return newest(designs)[1]


def read(designs: Path) -> tuple[Design, dict[str, bytes]]:
    found = msgspec.json.decode((designs / "member.google.json").read_bytes(), type=Design)
    for picture, pixels in [(found.programme_logo, LOGO_PIXELS), *((each, HERO_PIXELS) for each in found.heroes())]:
        if (seen := size_of(designs / picture)) != pixels:
            raise msgspec.ValidationError(f"{picture}: {seen or 'no PNG'}, not {pixels[0]}×{pixels[1]}")
    shown = {found.programme_logo} | found.heroes()
    return found, {Path(each).name: (designs / each).read_bytes() for each in shown}


newest = Newest(read)


def size_of(picture: Path) -> tuple[int, int] | None:
    """Width and height in pixels, from the first bytes; None for what is no PNG."""
    try:
        start = picture.read_bytes()[:24]
    except OSError:
        return None
    if not start.startswith(PNG) or len(start) < 24:
        return None
    return int.from_bytes(start[16:20]), int.from_bytes(start[20:24])


def picture_url(designs: Path, public_url: str, picture: str) -> str:
    """Where Google fetches a picture; the address changes with the picture, because Google keeps what it has fetched."""
    name = Path(picture).name
    return f"{public_url}/c/art/{version(pictures(designs)[name])}/{name}"


@lru_cache(maxsize=64)
def version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]
