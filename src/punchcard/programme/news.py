"""What others should hear of."""

from msgspec import Struct

from .facts import Lot


class StandingMoved(Struct, frozen=True, gc=False, tag=True):
    """Points, progress, vouchers or the tier are not what they were: whatever shows them is stale."""


class PointsExpired(Struct, frozen=True, gc=False, tag=True):
    points: int
    currency: str = "points"


class PointsActivated(Struct, frozen=True, gc=False, tag=True):
    """What had waited for an action can be spent."""

    points: int
    currency: str = "points"


class PointsSent(Struct, frozen=True, tag=True):
    """Points left for another journal, on these terms."""

    fact: str
    to: str
    lots: tuple[Lot, ...]
    pooled: bool = False
    """To a household's pool."""


class TierReached(Struct, frozen=True, gc=False, tag=True):
    tier: str
    season: int
    """When the season ends (the year, where a change begins one) in which it was reached: the same tier is news again in
    another one."""


class TierLost(Struct, frozen=True, gc=False, tag=True):
    tier: str
    """The tier that the member has now."""
    fact: str = ""
    """The return that took the other one; empty where time did."""


class TierAtRisk(Struct, frozen=True, gc=False, tag=True):
    """A season ends soon, and by what has counted in it so far the tier is lost then."""

    tier: str
    until: int


class ChallengeCompleted(Struct, frozen=True, gc=False, tag=True):
    challenge: str
    fact: str


class ChallengeWithdrawn(Struct, frozen=True, gc=False, tag=True):
    """What had been completed no longer is, because something was returned."""

    challenge: str
    fact: str


class StepReached(Struct, frozen=True, gc=False, tag=True):
    """A part of a challenge is done, and paid."""

    challenge: str
    step: int
    fact: str


class VoucherUsed(Struct, frozen=True, gc=False, tag=True):
    claim: str
    reward: str


class VoucherLapsed(Struct, frozen=True, gc=False, tag=True):
    """Nobody used it in time; the points came back."""

    claim: str
    reward: str


class VoucherBack(Struct, frozen=True, gc=False, tag=True):
    """It is with the member again after a return, or they handed it in: whatever shows it is stale."""

    claim: str
    reward: str


class HoldLapsed(Struct, frozen=True, gc=False, tag=True):
    """Nobody captured it in time; what was set aside is free again."""

    hold: str
    points: int
    currency: str = "points"


News = (
    StandingMoved
    | PointsExpired
    | PointsActivated
    | PointsSent
    | TierReached
    | TierLost
    | TierAtRisk
    | ChallengeCompleted
    | ChallengeWithdrawn
    | StepReached
    | VoucherUsed
    | VoucherLapsed
    | VoucherBack
    | HoldLapsed
)
