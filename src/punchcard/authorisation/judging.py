"""Whether a spending may pass, decided without a database.

A code that can be copied (static, tap) may spend the shop's floor limit a sale and twice that in 24 hours, over all shops
together; so many small sales are no way round, and a copied card costs its member at most that before the news of the
first spending reached them. Four spendings in ten minutes may pass so, and none that is further from another of the last
24 hours than one travels in the time between. A rotating code lifts all of this, and so does a member who is signed in;
above the programme's limit a day even they need the member's approval. Approved spendings count towards the pace, not
towards the sums."""

import math
from collections.abc import Sequence

from punchcard.foundation.clock import DAY, HOUR, MINUTE
from punchcard.foundation.errors import Refused

from .model import COPIED, REFUSALS, Limits, Place, Spending, Trace

FLOORS_A_DAY = 2
PACE, PACE_SECONDS = 4, 10 * MINUTE
SPEED_KM_PER_HOUR = 150
NEAR_KM = 5
"""Shops of one quarter are near however fast: two tills serve two members of a family at once."""
EARTH_RADIUS_KM = 6371


def allowance(place: Place, trail: Sequence[Trace], spending: Spending) -> Limits:
    """What this card, as it was shown, may spend here at this moment; `worth` of the spending is not looked at."""
    if not place.allowed:
        return Limits(0, why="spending-off")
    if place.locked:
        return Limits(0, why="spend-locked")
    if place.step_fact not in (None, spending.fact_id, *spending.holds):
        return Limits(0, why="code-used")
    others = [each for each in trail if each.fact_id != spending.fact_id and not is_capture(each)]
    today = [each for each in others if each.at > spending.at - DAY]
    left = place.day_limit - sum(each.worth for each in today if not each.approved)
    if spending.shown.proof not in COPIED:
        return Limits(max(0, left), "approval", "day-limit")
    if sum(each.at > spending.at - PACE_SECONDS for each in today) >= PACE:
        return Limits(0, "approval", "too-fast")
    if any(too_far(each, place, spending) for each in today):
        return Limits(0, "approval", "too-far")
    copied = sum(each.worth for each in today if each.proof in COPIED and not each.approved)
    floor = min(place.floor_limit, place.floor_limit * FLOORS_A_DAY - copied)
    if left < floor:
        return Limits(max(0, left), "approval", "day-limit")
    return Limits(max(0, floor), "approval", "above-floor")


def refusal(limits: Limits, worth: int) -> Refused | None:
    """Why so much may not be spent; None when it may."""
    if limits.worth is None or (worth <= limits.worth and limits.worth > 0):
        return None
    return REFUSALS[limits.why](limit=limits.worth, worth=worth)


def uncovered(trail: Sequence[Trace], spending: Spending) -> int:
    """How much of the spending no hold covers that was let through before and is not yet captured."""
    held = sum(each.worth for each in trail if each.fact_id in spending.holds)
    others = (each for each in trail if each.fact_id != spending.fact_id)
    captured = sum(each.covered for each in others if set(each.holds) & set(spending.holds))
    return max(0, spending.worth - max(0, held - captured))


def is_capture(trace: Trace) -> bool:
    """It spent nothing but what was set aside before, which was counted then."""
    return bool(trace.holds) and not trace.worth


def too_far(trace: Trace, place: Place, spending: Spending) -> bool:
    """Whether nobody travels from that shop to this one in the time between. A place that is not known is no reason."""
    if trace.latitude is None or trace.longitude is None or place.latitude is None or place.longitude is None:
        return False
    travelled = SPEED_KM_PER_HOUR * abs(spending.at - trace.at) / HOUR
    return distance_km((trace.latitude, trace.longitude), (place.latitude, place.longitude)) > NEAR_KM + travelled


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The way over the ground between two places in degrees (haversine)."""
    (here_up, here_along), (there_up, there_along) = (tuple(map(math.radians, each)) for each in (here, there))
    half = math.sin((there_up - here_up) / 2) ** 2
    half += math.cos(here_up) * math.cos(there_up) * math.sin((there_along - here_along) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))
