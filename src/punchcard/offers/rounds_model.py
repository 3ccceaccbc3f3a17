"""Pages of an audience: members in the order of their ids, told of together."""

from uuid import UUID

from msgspec import Struct

NOBODY = UUID(int=0)
"""Before every member."""


class Leaf(Struct, frozen=True):
    """How many members there are on a page, and the first and the last of them; none where it is empty."""

    members: int
    first: UUID | None
    last: UUID | None


class OfferTold(Struct, frozen=True):
    """An offer has begun for its audience among the members after one and up to another; whoever heard of it before may be
    among them."""

    offer: str
    after: UUID
    through: UUID


class OfferEnded(Struct, frozen=True):
    """An offer is over for its audience among the members after one and up to another."""

    offer: str
    after: UUID
    through: UUID
