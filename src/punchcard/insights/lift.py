"""How far two groups really differ, said so that one may look as often as one likes: an interval that is right at every look.

A member's outcome is the total from their exposure on. After each look the treated mean less the held-out mean is D, its
estimated variance v. With N = n1 n0 / (n1 + n0) the process S = N D has intrinsic time V = N² v, and with probability 1 - alpha
S stays within

    sqrt( 2 (V + r) ln( sqrt((V + r) / r) / alpha ) )        for all looks at once,

Robbins' normal mixture; as an asymptotic confidence sequence: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform
central limit theory and asymptotic confidence sequences", Annals of Statistics 52 (2024), theorem 2.2, with r = 1 / rho². The
boundary is tightest where V = r (-2 ln alpha + ln(1 - 2 ln alpha)), their choice of rho, here ten times V at the first look.

Two cautions of ours. People who bought much go on buying much, so S is no martingale; its looks are then more alike than those
of one, which makes crossing rarer (Slepian's inequality), as long as the variance grows: V is its running maximum. And the
small arm of a skewed outcome underestimates its own variance: v is never less than with the variances of both arms pooled."""

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

ALPHA = 0.05
MEMBERS_MIN = 50
"""With fewer in an arm a mean is no normal one yet, and nothing is said."""
BEST_AT = 10
"""The boundary is tightest when the variance has grown to so many times that of the first look."""
WORTH_HAVING = 0.01
"""A share of what members spend anyhow; an effect below it is no lift."""
DAYS_AHEAD_MAX = 366

Verdict = Literal["early", "open", "lift", "harm", "no-lift"]


class Arm(Struct, frozen=True):
    """A group at a look: how many, the sum of their totals, and the sum of the squares."""

    members: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        return self.total / self.members if self.members else 0.0

    @property
    def variance(self) -> float:
        """Of one member's total, without bias."""
        if self.members < 2:
            return 0.0
        return max(0.0, self.squares - self.total * self.total / self.members) / (self.members - 1)


class Look(Struct, frozen=True):
    """Both groups at one instant."""

    treated: Arm
    held_out: Arm


class Interval(Struct, frozen=True):
    """The difference per member, and between what it lies."""

    difference: float
    lower: float
    upper: float
    variance: float
    """Of the difference."""


def sequence(looks: Iterable[Look], alpha: float = ALPHA) -> list[Interval | None]:
    """The interval at each look, all of them right together with probability 1 - alpha; none while an arm is too small or
    nothing has happened."""
    found: list[Interval | None] = []
    highest = scale = 0.0
    for look in looks:
        weight, variance = weight_of(look), variance_of(look)
        if weight == 0 or variance == 0:
            found.append(None)
            continue
        highest = max(highest, weight * weight * variance)
        scale = scale or BEST_AT * highest
        found.append(around(difference(look), boundary(highest, scale, alpha) / weight, variance))
    return found


def around(middle: float, half: float, variance: float) -> Interval:
    return Interval(middle, middle - half, middle + half, variance)


def boundary(time: float, scale: float, alpha: float = ALPHA) -> float:
    """How far a sum whose variance has grown to `time` ever strays; tightest where that is `scale`. Both above 0."""
    spread = -2 * math.log(alpha)
    r = scale / (spread + math.log1p(spread))
    return math.sqrt(2 * (time + r) * math.log(math.sqrt((time + r) / r) / alpha))


def difference(look: Look) -> float:
    return look.treated.mean - look.held_out.mean


def weight_of(look: Look) -> float:
    """The number of members that the comparison is worth; 0 while an arm is too small."""
    treated, held_out = look.treated.members, look.held_out.members
    if min(treated, held_out) < MEMBERS_MIN:
        return 0.0
    return treated * held_out / (treated + held_out)


def variance_of(look: Look) -> float:
    """Of the difference of the means: by each arm's own variance, or by both pooled, whichever is larger."""
    one, other = look.treated, look.held_out
    if min(one.members, other.members) < 2:
        return 0.0
    apart = one.variance / one.members + other.variance / other.members
    freedom = one.members + other.members - 2
    pooled = ((one.members - 1) * one.variance + (other.members - 1) * other.variance) / freedom
    return max(apart, pooled * (1 / one.members + 1 / other.members))


def verdict(interval: Interval | None, usual: float) -> Verdict:
    """What an interval says. `usual`: what a member who is held out comes to; a lift below a hundredth of it is none."""
    if interval is None:
        return "early"
    if interval.upper < 0:
        return "harm"
    if interval.lower > 0:
        return "lift"
    return "no-lift" if interval.upper < WORTH_HAVING * usual else "open"


def days_until_enough(intervals: Sequence[Interval | None], looks: Sequence[Look], alpha: float = ALPHA) -> int | None:
    """In how many more days the interval would leave 0, were the difference to grow as evenly as it did and its variance by
    the power of time that it followed so far; 0 where it has, none where that is not in sight. A guess and no promise."""
    known = [
        (day, each, weight_of(look)) for day, (each, look) in enumerate(zip(intervals, looks, strict=True), 1) if each
    ]
    if not known:
        return None
    today, last, weight = known[-1]
    if last.lower > 0 or last.upper < 0:
        return 0
    early_day, early, _ = known[len(known) // 2]
    power = 1.0
    if today > early_day and last.variance > early.variance > 0:
        power = min(2.0, math.log(last.variance / early.variance) / math.log(today / early_day))
    scale = BEST_AT * known[0][2] ** 2 * known[0][1].variance
    for ahead in range(1, DAYS_AHEAD_MAX + 1):
        grown = (today + ahead) / today
        time = weight * weight * last.variance * grown**power
        if abs(last.difference) * grown > boundary(time, scale, alpha) / weight:
            return ahead
    return None
