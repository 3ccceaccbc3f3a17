"""What a term gives: so many points, by a rule that a merchant would say in one sentence."""

from typing import Literal

from msgspec import Struct

Rounding = Literal["whole-steps", "down", "up", "half-up", "half-even"]
"""A point for each whole step only; else in proportion, and rounded so."""


class PerAmount(Struct, frozen=True, tag="per-amount"):
    """`points` for each `per` minor units."""

    points: int
    per: int
    rounding: Rounding = "down"


class PerUnit(Struct, frozen=True, tag="per-unit"):
    points: int


class Fixed(Struct, frozen=True, tag="fixed"):
    points: int


class Times(Struct, frozen=True, tag="times"):
    """A multiple of what spending earned by the other terms of the same currency: 125 is a quarter more.

    With goods, of the share that these goods have in the basket. Neither fixed awards nor other multiples are multiplied."""

    percent: int


class Rate(Struct, frozen=True):
    """From this amount on, so many points for each `per`."""

    since: int
    points: int


class Tiered(Struct, frozen=True, tag="tiered"):
    """A rate that grows with the amount: each part at its own rate, or all of it at the rate that it reached."""

    rates: tuple[Rate, ...]
    per: int
    marginal: bool = True
    rounding: Rounding = "down"


class Extend(Struct, frozen=True, tag="extend"):
    """No points: what the member holds of a currency lives so much longer. A return does not take it back."""

    days: int = 0
    months: int = 0
    currency: str = "points"


class Off(Struct, frozen=True, tag="off"):
    """No points: the basket cost less by as many minor units as its grant says. A use like any other, which its caps count and
    which is given back when all of its goods come back."""


Award = PerAmount | PerUnit | Fixed | Times | Tiered | Extend | Off
