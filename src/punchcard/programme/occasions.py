"""When, where, how and by whom: what bars a promise on an occasion, whatever is in the basket."""

from datetime import date, timedelta
from functools import lru_cache

from msgspec import Struct

from .calendar import months_on
from .facts import Instant, Payload
from .promises import (
    Hours,
    Term,
)
from .standing import Verdict

DAYS_AROUND = 3
"""A birthday is celebrated so many days before and after it, where a term says `week`."""
NO_BIRTHDAY: frozenset[str] = frozenset()


class Occasion(Struct, frozen=True):
    """All that a plan depends on, but for the promises themselves."""

    on: str
    at: Instant
    quarter: int
    """Of the local week."""
    tiers: frozenset[str]
    """The ids of those that the member holds, on all ladders."""
    first: bool
    partner: str = ""
    shop: str = ""
    channel: str = ""
    birthday: frozenset[str] = NO_BIRTHDAY


def barred(term: Term, occasion: Occasion) -> Verdict | None:
    """Why the term cannot apply on this occasion; none where the basket decides."""
    at = occasion.at
    if at < term.since:
        return Verdict.NOT_BEGUN
    if term.on != occasion.on:
        return Verdict.OTHER_OCCASION
    if at >= term.end:
        return Verdict.ENDED
    if not term.places.match(occasion.partner, occasion.shop):
        return Verdict.OTHER_PLACE
    if term.channels and occasion.channel not in term.channels:
        return Verdict.OTHER_CHANNEL
    if not is_open(term.hours, occasion.quarter):
        return Verdict.OTHER_HOURS
    if term.tiers and occasion.tiers.isdisjoint(term.tiers):
        return Verdict.OTHER_TIER
    if term.first_purchase and not occasion.first:
        return Verdict.NOT_FIRST
    if term.birthday and term.birthday not in occasion.birthday:
        return Verdict.NOT_BIRTHDAY
    return None


def is_open(hours: Hours, quarter: int) -> bool:
    weekday, time = divmod(quarter, 96)
    return weekday in hours.weekdays and hours.since <= time < hours.until


@lru_cache(4096)
def celebrated(today: date, birthday: int) -> frozenset[str]:
    """Which of `day`, `week` and `month` of a birthday (month * 100 + day) this local day is; nothing of what is no date.

    Whoever was born on 29 February celebrates on the 28th in years without it."""
    month, number = divmod(birthday, 100)
    if not (1 <= month <= 12 and 1 <= number <= 31):
        return NO_BIRTHDAY
    days = [on_day(year, month, number) for year in (today.year - 1, today.year, today.year + 1)]
    found = {"day": today in days, "month": today.month == month}
    found["week"] = any(abs(today - day) <= timedelta(DAYS_AROUND) for day in days)
    return frozenset(each for each, holds in found.items() if holds)


def on_day(year: int, month: int, number: int) -> date:
    last = months_on(date(year, month, 1), 1) - timedelta(1)
    return min(date(year, month, 1) + timedelta(number - 1), last)


def says(where: dict[str, frozenset[str | int | bool]], data: Payload) -> bool:
    """Does an activity's payload say what is asked for? Yes is not the number one."""
    return all(
        key in data and any(choice == data[key] and type(choice) is type(data[key]) for choice in choices)
        for key, choices in where.items()
    )
