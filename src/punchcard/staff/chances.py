"""How unlikely it is to be an accident: exact tails, and what is usual among peers."""

import math
from collections.abc import Callable, Sequence

NEGLIGIBLE = 1e-18
SPREAD = 1.4826
"""A normal spread in units of the median absolute deviation."""


def poisson_tail(least: int, mean: float) -> float:
    """The chance of at least so many, where `mean` are expected."""
    if least <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    return summed(math.exp(least * math.log(mean) - mean - math.lgamma(least + 1)), least, lambda k: mean / (k + 1))


def binomial_tail(least: int, of: int, share: float) -> float:
    """The chance of at least `least` out of `of`, where each is one with chance `share`."""
    if least <= 0 or share >= 1:
        return 1.0
    if share <= 0 or least > of:
        return 0.0
    first = math.lgamma(of + 1) - math.lgamma(least + 1) - math.lgamma(of - least + 1)
    first += least * math.log(share) + (of - least) * math.log1p(-share)
    odds = share / (1 - share)
    return summed(math.exp(first), least, lambda k: (of - k) / (k + 1) * odds)


def summed(term: float, k: int, ratio: Callable[[int], float]) -> float:
    total = 0.0
    while term > NEGLIGIBLE * total or ratio(k) > 1:
        total += term
        term *= ratio(k)
        k += 1
    return min(total, 1.0)


def usual(peers: Sequence[float]) -> tuple[float, float]:
    """The median, and a spread around it that a few odd ones do not move (MAD, as a standard deviation)."""
    middle = median(peers)
    return middle, SPREAD * median([abs(each - middle) for each in peers])


def median(values: Sequence[float]) -> float:
    if not values:
        return 0.0
    ordered, half = sorted(values), len(values) // 2
    return float(ordered[half]) if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
