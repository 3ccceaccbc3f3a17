"""A household, who is in it, and why it may say no."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused

PEOPLE_MAX = 10
"""In a household, whoever is invited included."""
Rule = Literal["own-share", "everything"]


class Household(Struct, frozen=True):
    """What the people of a household may take out of its pool: each their own share, or each everything."""

    household_id: UUID
    name: str
    rule: Rule


class Seat(Struct, frozen=True):
    """Somebody who is in a household, or invited; since when."""

    person: UUID
    state: Literal["invited", "in"]
    since: Instant


class Person(Struct, frozen=True, kw_only=True):
    """Somebody of a household: their share by currency, nothing for whoever has not answered yet."""

    name: str
    is_me: bool
    joined: bool
    shares: dict[str, int]


class Home(Struct, frozen=True):
    """A household as its people see it; the pool by currency."""

    household: Household
    pool: dict[str, int]
    people: list[Person]


class Moved(Struct, frozen=True, kw_only=True):
    """Points that went into the pool or out of it."""

    id: str
    points: int
    currency: str
    at: datetime
    balance: int
    """What is left where they came from."""


class NoSuchCard(Refused):
    """Nobody can be invited with this card."""

    status = 404
    words = "households"


class NoHousehold(Refused):
    """The member is in no household."""

    status = 404
    words = "households"


class NoInvitation(Refused):
    """There is no such invitation."""

    status = 404
    words = "households"


class AlreadyInOne(Refused):
    """The member is in a household already."""

    words = "households"


class HouseholdFull(Refused):
    """No more people fit into this household."""

    words = "households"


class NotEnoughPoints(Refused):
    """There are not that many points."""

    words = "households"


class MoreThanYourShare(Refused):
    """In this household everybody takes their own share only."""

    words = "households"


class StillOnTheWay(Refused):
    """Points that the member sent have not arrived yet."""

    words = "households"
