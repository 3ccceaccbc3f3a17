"""An offer: what it gives, to whom, and until when."""

import hashlib
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused
from punchcard.foundation.locale import LANGUAGES
from punchcard.segments import Expression

from .benefits import Discount, Early, FreeItem, Gift

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Title = Annotated[str, Meta(min_length=1, max_length=80)]
Short = Annotated[str, Meta(min_length=1, max_length=24)]
"""As much as fits on the front of a card."""
Sentence = Annotated[str, Meta(min_length=1, max_length=240)]
Percent = Annotated[int, Meta(ge=101, le=1000)]
Points = Annotated[int, Meta(ge=1, le=100_000)]
Names = Annotated[frozenset[Name], Meta(max_length=200)]
Count = Annotated[int, Meta(ge=0, le=10_000)]
Channel = Literal["push", "pass", "app"]
Send = Literal["now", "likely-hour"]
StopWhen = Literal["harm", "no-lift"]
State = Literal["draft", "waiting", "scheduled", "open", "paused", "sold-out", "stopped", "ended"]

CEILING_POINTS = 1_000_000
"""What the door grants to whoever is in the audience: more than any basket can earn."""
WINDOW_SECONDS_MAX = 366 * 86400


class Times(Struct, frozen=True, tag="times", forbid_unknown_fields=True):
    """So many percent of the points that the sale would earn; 200 doubles them."""

    percent: Percent


class Fixed(Struct, frozen=True, tag="fixed", forbid_unknown_fields=True):
    """So many points, once a sale."""

    points: Points


class PerUnit(Struct, frozen=True, tag="per-unit", forbid_unknown_fields=True):
    """So many points for each piece."""

    points: Points


Benefit = Times | Fixed | PerUnit | Discount | FreeItem | Gift | Early


class Goods(Struct, frozen=True, forbid_unknown_fields=True):
    """What it applies to; an empty set means any."""

    skus: Names = frozenset()
    categories: Names = frozenset()
    brands: Names = frozenset()


class Hours(Struct, frozen=True, forbid_unknown_fields=True):
    """Local weekdays (Monday is 0) and quarters of an hour of the programme's zone, end not included."""

    weekdays: Annotated[frozenset[Annotated[int, Meta(ge=0, le=6)]], Meta(min_length=1, max_length=7)] = frozenset(
        range(7)
    )
    since: Annotated[int, Meta(ge=0, le=95)] = 0
    until: Annotated[int, Meta(ge=1, le=96)] = 96


class Conditions(Struct, frozen=True, forbid_unknown_fields=True):
    """What a sale must be like: its basket in minor units, the pieces of these goods, through which channel it was made, at
    which of the partner's shops, and when. Nothing said means any."""

    basket_minimum: Annotated[int, Meta(ge=0, le=10_000_000)] = 0
    units_minimum: Annotated[int, Meta(ge=0, le=1000)] = 0
    sale_channels: Annotated[frozenset[Name], Meta(max_length=20)] = frozenset()
    shops: Names = frozenset()
    hours: Hours = Hours()


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """How many sales of one member it counts for: ever, a local day, a week; 0 is no limit."""

    uses: Count = 0
    uses_a_day: Count = 0
    uses_a_week: Count = 0


class Budget(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What it gives to all together at most: points, minor units of money, units (a sale that uses it takes one), units at
    each of these shops; 0 or absent is no limit. Where `shop_units` says anything, other shops have none."""

    points: Annotated[int, Meta(ge=0, le=1_000_000_000_000)] = 0
    cents: Annotated[int, Meta(ge=0, le=1_000_000_000_000)] = 0
    units: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    shop_units: Annotated[dict[Name, Annotated[int, Meta(ge=1, le=1_000_000_000)]], Meta(max_length=200)] = {}


class Trigger(Struct, frozen=True, forbid_unknown_fields=True):
    """Whoever enters or leaves a named segment gets the offer for so many seconds of their own, never past its end."""

    on: Literal["entered", "left"]
    segment: Name
    lasts_seconds: Annotated[int, Meta(ge=60, le=WINDOW_SECONDS_MAX)]


class Offer(Struct, frozen=True, kw_only=True):
    """Once published it never changes."""

    id: str
    partner_id: str
    name: dict[str, str]
    text: dict[str, str]
    art: str
    since: Instant
    until: Instant
    audience: Expression
    benefit: Benefit
    goods: Goods = Goods()
    channels: tuple[Channel, ...] = ("push", "pass", "app")
    short: dict[str, str] = {}
    """For the front of a card, where the name may be too long; empty where the name will do."""
    hold_out: int = 0
    """Percent of the audience who get neither word nor benefit."""
    topic: Name = "offers"
    """What members mute by; a member who muted it hears nothing and can use it all the same."""
    conditions: Conditions = Conditions()
    limits: Limits = Limits()
    budget: Budget = Budget()
    stacking: str = ""
    """Of offers of one class only some apply to a sale: what the rulebook's group of that name says."""
    priority: int = 0
    activation: bool = False
    """It counts only once the member has taken it with one tap."""
    trigger: Trigger | None = None
    send: Send = "now"
    pace_an_hour: int = 0
    """So many members an hour are told of it at most; 0 is no limit."""
    pictures: dict[str, str] = {}
    """Art by language, where it differs from `art`."""
    margin_percent: int = 0
    """What the goods leave of their price, for what the offer earns; 0 is not known."""
    stop_when: frozenset[StopWhen] = frozenset()
    """It stops itself when its lift shows this."""


class OpenOffer(Struct, frozen=True, kw_only=True):
    """An offer that a member can use now; it applies by itself at the till."""

    id: str
    partner_id: str
    name: dict[str, str]
    text: dict[str, str]
    art: str
    since: Instant
    until: Instant
    channels: tuple[Channel, ...]
    short: dict[str, str] = {}
    paused_at: Instant | None = None
    """While this stands it counts for nothing, and says so."""
    sold_out_at: Instant | None = None
    """While this stands there is nothing left of it, and it says so."""
    activation: bool = False
    activated_at: Instant | None = None
    pictures: dict[str, str] = {}
    personal: bool = False
    """Its window is this member's own."""


class Round(Struct, frozen=True):
    """An offer in one worker's hands: members up to `through` are done with."""

    offer_id: str
    through: UUID | None


class Published(Struct, frozen=True):
    """The offer as it stands; `repeated` when it stood already."""

    offer: Offer
    repeated: bool


class Reach(Struct, frozen=True, kw_only=True):
    """How an offer is doing."""

    opened_at: Instant | None
    stopped_at: Instant | None
    closed_at: Instant | None
    exposed: int
    held_out: int


def shops_of(offer: Offer) -> frozenset[str]:
    """Where it counts; no shop means all of the partner's."""
    asked, stocked = offer.conditions.shops, frozenset(offer.budget.shop_units)
    return asked & stocked if asked and stocked else asked | stocked


class OfferOpened(Struct, frozen=True):
    """An offer has begun for this member."""

    offer: str


class TextsMissing(Refused):
    """An offer speaks every language of the programme."""

    status = 400
    words = "offers"


class WindowTooShort(Refused):
    """An offer ends after it begins, and within a year."""

    status = 400
    words = "offers"


class WindowPassed(Refused):
    """An offer cannot begin in the past."""

    words = "offers"


class NoSuchPartner(Refused):
    """There is no such partner."""

    status = 400
    words = "offers"


def check_texts(*texts: dict[str, str]) -> None:
    missing = sorted({language for text in texts for language in LANGUAGES if not text.get(language, "").strip()})
    unknown = sorted({language for text in texts for language in text if language not in LANGUAGES})
    if missing or unknown:
        raise TextsMissing(missing=missing, unknown=unknown)


def check_window(offer: Offer, at: Instant) -> None:
    if not offer.since < offer.until <= offer.since + WINDOW_SECONDS_MAX:
        raise WindowTooShort(since=offer.since, until=offer.until)
    if offer.since < at:
        raise WindowPassed(since=offer.since, at=at)


def held_out(member_id: UUID, offer: Offer) -> bool:
    """By hash, so that it is the same however often and wherever one asks."""
    chance = int.from_bytes(hashlib.sha256(member_id.bytes + offer.id.encode()).digest()[:8])
    return chance % 100 < offer.hold_out
