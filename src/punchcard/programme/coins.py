"""What points are: their currency, who funds them, when they begin and how long they live."""

from typing import Literal

from msgspec import Struct

from .facts import Instant

NEVER: Instant = 253402300799
SELLER = "seller"
"""The funder of points that the partner pays for at whose till they were earned."""
POINTS = "points"
Period = Literal["day", "week", "month", "quarter", "year", "ever"]
Text = dict[str, str]
"""A text a language."""


class Expiry(Struct, frozen=True):
    """`days` or `months` after the lot starts, then to the end of `round` (or to its beginning, with `down`).

    `rolling` begins anew with every visit. Zero months to the end of a month is the end of this month."""

    days: int = 0
    months: int = 0
    round: Period = "day"
    rolling: bool = False
    down: bool = False


class Coin(Struct, frozen=True):
    """What kind of points an award is paid in, and on what terms they live."""

    currency: str = POINTS
    funder: str = "house"
    """A partner's id, `house`, or `seller`."""
    pending_days: int = 0
    expiry: Expiry | None = None
    pending_round: Period = "day"
    """With a longer period than a day, what pends begins at the end of that period."""
    awaits: str = ""
    """The kind of activity until which the points wait; their life counts from it."""
    awaits_days: int = 0
    """How long they wait for it; 0 is for ever."""


class Payment(Struct, frozen=True):
    """How a currency may pay at a till."""

    share_percent: int = 100
    """At most this share of a basket."""
    multiple: int = 1
    """In clean multiples of so many."""
    minimum: int = 0
    discount_percent: int = 0
    """What is taken off for whoever pays with it."""


class Currency(Struct, frozen=True):
    """Something that is earned, held and mostly spent. Its kind stands for good."""

    id: str = POINTS
    kind: Literal["points", "stamps", "status", "cashback", "money", "thing"] = "points"
    """`status` counts for a tier and cannot be spent; `money` is stored value: paid with it, a sale still earns."""
    name: Text = {}
    value: int = 0
    """What one is worth at a till, in minor units; 0 cannot pay."""
    payment: Payment = Payment()
