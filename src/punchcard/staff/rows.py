"""What the report of a day is made of, and what it says."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

Pattern = Literal[
    "one-card",
    "few-cards",
    "own-card-tried",
    "returns",
    "left-receipts",
    "many-claims",
    "credits-to-one",
    "many-credits",
]


class Rung(Struct, frozen=True, gc=False):
    """A receipt as it was printed. `kind`: sale, return, guest."""

    shop: str
    till: str
    number: str
    fact: str
    kind: str
    cashier: str
    member: UUID | None = None
    earned: int = 0


class Claim(Struct, frozen=True, gc=False):
    """A receipt without a card that a member claimed later. `day`: of the receipt; `today`: claimed on the report's day."""

    shop: str
    till: str
    number: str
    fact: str
    cashier: str
    member: UUID
    day: str
    today: bool = True


class Tried(Struct, frozen=True, gc=False):
    """A cashier's own card was refused so often."""

    shop: str
    till: str
    cashier: str
    member: UUID
    times: int


class Credit(Struct, frozen=True, gc=False):
    """Points that an operator gave by hand. `today`: on the report's day."""

    operator: str
    member: UUID
    points: int
    id: str
    today: bool = True


class Day(Struct, frozen=True):
    """What is known of a day; claims and credits of the six days before it, too."""

    day: str
    rung: Sequence[Rung] = ()
    claims: Sequence[Claim] = ()
    tried: Sequence[Tried] = ()
    credits: Sequence[Credit] = ()


class Slip(Struct, frozen=True):
    """Where to look: a printed receipt and the fact behind it, or an adjustment."""

    fact: str
    till: str = ""
    number: str = ""


class Finding(Struct, frozen=True, kw_only=True):
    """Something odd. `who`: a cashier, or an operator's id, who has no shop; `chance`: that it is an accident, as peers go."""

    pattern: Pattern
    day: str
    shop: str
    who: str
    n: int
    of: int
    usual: float
    chance: float
    members: list[UUID] = []
    slips: list[Slip] = []


Who = tuple[str, str]
"""Shop and cashier."""


class OddPattern(Struct, frozen=True):
    """A finding in a sentence, and what it rests on."""

    says: str
    finding: Finding


class Report(Struct, frozen=True):
    """What looked odd on a day of the shops, the worst first."""

    day: str
    made_at: datetime
    odd: list[OddPattern]
