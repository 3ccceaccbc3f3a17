"""What is wanted of a budget, what was granted, and what is used."""

from msgspec import Struct

from punchcard.foundation.clock import Instant


class Wanted(Struct, frozen=True):
    """So many points (or pieces), of a budget of `limit` for the period that ends at `until`."""

    points: int
    limit: int
    until: Instant


class Level(Struct, frozen=True):
    """How much of a grant the journal uses now, as the outbox carries it."""

    fact: str
    term: str
    points: int
    until: Instant
    """The end of the fact's period, for whoever's reservation is not there any more."""


class Reservation(Struct, frozen=True):
    """Reserved for a fact, and not heard of since."""

    fact_id: str
    term: str
