"""Who sells: partners, shops, tills, and who operates the programme."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation.errors import Refused

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}(?![\s\S])")]
Label = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f-\x9f]*(?![\s\S])")]
Language = Annotated[str, Meta(pattern=r"^(en|he|ar|ru)(?![\s\S])")]
Names = Annotated[dict[Language, Label], Meta(min_length=1)]
Hue = Annotated[int, Meta(ge=0, le=360)]
Chroma = Annotated[float, Meta(ge=0, le=0.4)]
FloorLimit = Annotated[int, Meta(ge=0, le=1_000_000_00, description="Minor units, for example cents.")]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Role = Literal["owner", "staff"]
FLOOR_LIMIT = 20_00


class Partner(Struct, frozen=True):
    """A merchant: its name by language and its colour (OKLCH hue in degrees, chroma 0 to 0.4)."""

    id: str
    name: dict[str, str]
    hue: int
    chroma: float


class Shop(Struct, frozen=True):
    """A place of a partner; `zone` is its IANA time zone."""

    id: str
    partner_id: str
    name: str
    zone: str
    floor_limit: int = FLOOR_LIMIT
    """So much, in minor units, a card may spend here by a code that can be copied; 0 is nothing."""
    latitude: float | None = None
    """Where it stands, in degrees; None where nobody said."""
    longitude: float | None = None


class Till(Struct, frozen=True):
    """A cash desk, with what a sale there must know."""

    id: str
    shop_id: str
    partner_id: str
    zone: str
    name: str = ""


class TillState(Struct, frozen=True):
    """A till as the console lists it: `keyed` says whether it holds a key now."""

    id: str
    name: str
    keyed: bool


class Operator(Struct, frozen=True):
    """Who runs the programme. An owner also manages partners, tills and operators."""

    id: UUID
    name: str
    role: Role


class IdTaken(Refused):
    """This id is already taken."""

    words = "partners"


class PlaceHalf(Refused):
    """A place is a latitude and a longitude."""

    status = 400
    words = "partners"


class OwnersOnly(Refused):
    """Only an owner may do this."""

    status = 403
    words = "partners"


class NoSuchOperator(Refused):
    """No operator of this name holds a key."""

    status = 404
    words = "partners"
