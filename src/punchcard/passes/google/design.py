"""What a designer says of the Google card: `member.google.json` and the pictures beside it in the designs folder."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

Picture = Annotated[str, Meta(pattern=r"^google/[a-z0-9][a-z0-9.-]{0,60}\.png$")]
Colour = Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")]


class TierLook(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A tier's colour (#rrggbb) and its wide picture (1032×336), with the mirrored one for right-to-left."""

    colour: Colour
    hero: Picture
    hero_right_to_left: Picture


class Design(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    programme_logo: Picture
    """660×660; Google cuts it to a circle."""
    tiers: Annotated[dict[str, TierLook], Meta(min_length=1)]
    texts: list[str]
    """Which rows of the member's own text stand on the card, in this order: next, offer, challenge, last."""
    class_: dict[str, Any] = msgspec.field(name="class", default_factory=dict)
    """Fields of Google's LoyaltyClass that are the same for every tier; they are sent as they stand."""

    def tier(self, tier: str) -> TierLook:
        """A tier that the designer has not drawn looks like the first one."""
        return self.tiers.get(tier) or next(iter(self.tiers.values()))


@cache
def design(designs: Path) -> Design:
    """Read once in a process; what does not fit is refused with the field's name (msgspec.ValidationError)."""
    return msgspec.json.decode((designs / "member.google.json").read_bytes(), type=Design)


@cache
def picture_url(designs: Path, public_url: str, picture: str) -> str:
    """Where Google fetches a picture; the address changes with the picture, because Google keeps what it has fetched."""
    version = hashlib.sha256((designs / picture).read_bytes()).hexdigest()[:8]
    return f"{public_url}/c/art/{version}/{Path(picture).name}"


@cache
def pictures(designs: Path) -> dict[str, bytes]:
    """The pictures that the design shows, by name."""
    look = design(designs)
    shown = {look.programme_logo, *(tier.hero for tier in look.tiers.values())}
    shown |= {tier.hero_right_to_left for tier in look.tiers.values()}
    return {Path(each).name: (designs / each).read_bytes() for each in shown}
