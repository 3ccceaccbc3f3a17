"""What an offer gives that is no points: less to pay, a piece for nothing, a reward, a reward before others."""

from typing import Annotated

from msgspec import Meta, Struct

PERCENT_MOST = 100
Share = Annotated[int, Meta(ge=0, le=PERCENT_MOST)]
Cents = Annotated[int, Meta(ge=0, le=10_000_000)]
Pieces = Annotated[int, Meta(ge=1, le=100)]
Reward = Annotated[str, Meta(min_length=1, max_length=64)]


class Discount(Struct, frozen=True, tag="discount", forbid_unknown_fields=True):
    """So many percent off the offer's goods, or so many minor units; without goods, off the basket. `most`: no more than so
    many minor units of a percentage; 0 is no limit."""

    percent: Share = 0
    amount: Cents = 0
    most: Cents = 0

    def __post_init__(self) -> None:
        if bool(self.percent) == bool(self.amount):
            raise ValueError("a discount is so many percent, or an amount")
        if self.amount and self.most:
            raise ValueError("`most` bounds a percentage, an amount is its own")


class FreeItem(Struct, frozen=True, tag="free-item", forbid_unknown_fields=True):
    """So many pieces of the offer's goods cost nothing: the cheapest in the basket."""

    units: Pieces = 1


class Gift(Struct, frozen=True, tag="reward", forbid_unknown_fields=True):
    """A reward of the rulebook for no points: its voucher is the member's once they take the offer, or, where nothing need
    be taken, once it opens for them."""

    reward: Reward


class Early(Struct, frozen=True, tag="early-access", forbid_unknown_fields=True):
    """A reward of the rulebook that has not begun may be claimed already."""

    reward: Reward
