"""What is compared, and what is found."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused

Sum = Annotated[int, Meta(ge=-(10**15), le=10**15)]
Count = Annotated[int, Meta(ge=0, le=10**9)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?![\s\S])")]
Value = str | int | None
Differs = dict[str, tuple[Value, Value]]
"""By field: what they say, what we say."""


class Line(Struct, frozen=True):
    """A line of a till's journal, theirs or ours: a receipt, or a line of its basket where `sku` says which."""

    shop: str
    till: str
    day: str
    number: str
    clock: int
    """Seconds since midnight of the shop's day."""
    amount: int
    """Minor units; below zero for what came back."""
    card: str | None = None
    """Whose: the member's id, or what stands on a card that nobody has; empty: nobody's. None: it is not said."""
    sku: str = ""
    earned: int | None = None
    spent: int | None = None
    place: int = 0
    """The line of their file."""


class Finding(Struct, frozen=True):
    """A line that does not agree. `stake`: how much money it is about, by which the worst comes first."""

    kind: Literal["unreadable", "not-with-us", "doubled", "altered", "not-in-file"]
    shop: str
    till: str
    day: str
    number: str
    place: int
    stake: int
    differs: Differs = {}
    why: str = ""


class Totals(Struct, frozen=True, forbid_unknown_fields=True):
    """What a till reckons at closing time."""

    receipts: Count
    """How many it printed: sales, returns and baskets without a card."""
    amount: Sum
    """What was sold, net, in minor units."""
    returned: Sum
    """What came back, in minor units, above zero."""
    earned: Sum
    """Points that its receipts say were earned, less what returns took back."""
    spent: Sum


class Told(Struct, frozen=True):
    """A till's totals as they are kept."""

    day: str
    version: int
    totals: Totals
    told_at: datetime


class TillDay(Struct, frozen=True):
    """A till's day: what its receipts come to with us, and what it reckoned last (version 0: nothing)."""

    till: str
    receipts: int
    amount: int
    returned: int
    earned: int
    spent: int
    version: int = 0
    told_receipts: int | None = None
    told_amount: int | None = None
    told_returned: int | None = None
    told_earned: int | None = None
    told_spent: int | None = None


class Apart(Struct, frozen=True):
    """A printed receipt beside the fact that it stands for."""

    till: str
    number: str
    amount: int
    earned: int
    spent: int
    fact_amount: int | None
    """None: it does not say, or there is no fact."""
    fact_earned: int | None
    fact_spent: int | None
    found: bool


class Unequal(Struct, frozen=True):
    """Where a shop's day does not agree."""

    till: str
    receipt: str
    kind: Literal["missing-total", "other-total", "no-such-fact", "other-fact"]
    differs: Differs


class ShopDay(Struct, frozen=True):
    """A shop's day that is to be compared."""

    shop: str
    day: date


class Checked(Struct, frozen=True):
    """What came of comparing a shop's day."""

    shop: str
    checked_at: Instant
    receipts: int
    matched: int
    missing: int
    differing: int


class DayNotOver(Refused):
    """This day has not come yet."""

    words = "reconciliation"
