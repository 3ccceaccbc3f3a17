"""Points for an amount, rounded as the term names it. Whole numbers all the way: nothing is ever a fraction on the way."""

from .awards import PerAmount, Rounding, Tiered


def for_amount(award: PerAmount | Tiered, amount: int) -> int:
    """What so many minor units give."""
    if award.rounding == "whole-steps":
        amount -= amount % award.per
    shares = amount * award.points if isinstance(award, PerAmount) else by_rates(award, amount)
    return divide(shares, award.per, award.rounding)


def by_rates(award: Tiered, amount: int) -> int:
    """Points times minor units: each part of the amount at its own rate, or all of it at the highest that it reached."""
    if not award.marginal:
        return (
            amount * max(((rate.since, rate.points) for rate in award.rates if rate.since <= amount), default=(0, 0))[1]
        )
    rates = sorted(award.rates, key=lambda rate: rate.since)
    ends = [rate.since for rate in rates[1:]] + [amount]
    return sum(max(0, min(amount, end) - rate.since) * rate.points for rate, end in zip(rates, ends, strict=True))


def divide(number: int, by: int, rounding: Rounding) -> int:
    whole, rest = divmod(number, by)
    match rounding:
        case "up":
            return whole + (rest > 0)
        case "half-up":
            return whole + (2 * rest >= by)
        case "half-even":
            return whole + (2 * rest > by or (2 * rest == by and whole % 2))
    return whole
