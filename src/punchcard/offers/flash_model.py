"""A flash offer: everything but its occasion. What fires it says where, how many there are, and what happened."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.errors import Refused
from punchcard.segments import Expression

from .drafts import Details, Language
from .model import Benefit, Name, Sentence, Title

Who = Literal["operator", "till"]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Units = Annotated[int, Meta(ge=0, le=1_000_000)]


class Flash(Details, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An offer without a window. It lasts so many seconds from when it is fired, at most so many times in 24 hours, by whom
    `by` names; a till gives away at most `units_most` at once. `radius_metres`: from the shop or place that fires it."""

    partner_id: Name
    name: dict[Language, Title]
    text: dict[Language, Sentence]
    audience: Expression
    benefit: Benefit
    lasts_seconds: Annotated[int, Meta(ge=300, le=7 * DAY)]
    radius_metres: Annotated[int, Meta(ge=0, le=50_000)] = 0
    times_a_day: Annotated[int, Meta(ge=1, le=100)] = 1
    by: Annotated[frozenset[Who], Meta(min_length=1, max_length=2)] = frozenset({"operator"})
    units_most: Units = 0


class Occasion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What fires it: a shop with so many units, a place and how near to it, or an event of elsewhere by its id there; the
    same event fires once."""

    units: Units = 0
    shop: Name | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    metres: Annotated[int, Meta(ge=10, le=50_000)] | None = None
    event: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class Surplus(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many are left at this till's shop."""

    units: Annotated[int, Meta(ge=1, le=1_000_000)]


class Kept(Struct, frozen=True, kw_only=True):
    """A flash offer as it is kept, and who let exactly this version be fired."""

    id: str
    version: int
    body: Flash
    author: UUID
    saved_at: Instant
    approver: UUID | None
    approved_at: Instant | None


class Firing(Struct, frozen=True, kw_only=True):
    """When it was fired, and as which offer."""

    flash_id: str
    key: UUID
    place: int
    offer_id: str
    event: str | None
    body: Occasion
    fired_by: str
    fired_at: Instant


class FlashView(Struct, frozen=True, kw_only=True):
    """A flash offer as the console shows it."""

    id: str
    version: int
    flash: Flash
    author: UUID
    saved_at: datetime
    approved_by: UUID | None
    fired_today: int
    """In the last 24 hours."""


class Fired(Struct, frozen=True, kw_only=True):
    """The offer that is open now."""

    flash_id: str
    offer_id: str
    since: datetime
    until: datetime
    units: int


class FiredTooOften(Refused):
    """This flash offer was fired as often as it may be for now."""

    words = "offers"


class NotToFire(Refused):
    """This flash offer is not yours to fire."""

    status = 403
    words = "offers"


class TooManyUnits(Refused):
    """So many cannot be given away at once."""

    words = "offers"


class PlaceUnclear(Refused):
    """A flash offer goes to a shop or to a place, and a place is a point and how near to it."""

    status = 400
    words = "offers"
