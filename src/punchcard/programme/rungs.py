"""Where a member stands on one ladder."""

from msgspec import Struct

from .facts import Instant

Climb = tuple[int, int, Instant, Instant]
"""A season that ended with a climb: its tier and count, when it would have ended, and when it did."""


class Rung(Struct, frozen=True, gc=False, array_like=True):
    """Where the member stands on one ladder."""

    base: int = 0
    """The tier carried into this season; the tier itself follows from it and `qualified`."""
    qualified: int = 0
    until: Instant = 0
    """When the season ends; 0 where there is nothing that its end could change."""
    kept: int = 0
    kept_until: Instant = 0
    """A tier that a season has lost is kept so long."""
    placed: str = ""
    placed_until: Instant = 0
    floor: bool = False
    since: Instant = 0
    """Where seasons begin with a change of tier: since when all that counts in `climbs` and here has counted."""
    climbs: tuple[Climb, ...] = ()
    """The seasons that ended with a climb since then; a return may take it back."""
    warns: Instant = 0
    """When the member is told what the end of the season would take; 0 where that is done, or never is."""
