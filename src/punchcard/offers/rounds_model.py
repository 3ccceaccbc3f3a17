"""Pages of an audience: members in the order of their ids, told of together."""

from uuid import UUID

from msgspec import Struct

from .telling import Telling

NOBODY = UUID(int=0)
"""Before every member."""


class Leaf(Struct, frozen=True):
    """How many members there are on a page, and the first and the last of them; none where it is empty."""

    members: int
    first: UUID | None
    last: UUID | None


class Audience(Struct, frozen=True):
    """Members of a page, in order, and what may be told to each of them: the same to all but those `apart`, who used the
    offer or have a window of their own."""

    members: list[UUID]
    telling: Telling
    apart: dict[UUID, Telling]


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
