"""Tiers, as a shop owner would read them: what happened on which day, and the tier on which day.

A point for each euro; bronze is the entry, silver asks for 100, gold for 300. A day is its noon, unless an hour stands by."""

import os
import random
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from punchcard.programme import (
    Adjustment,
    AnyFact,
    Coin,
    Expiry,
    Fixed,
    Frame,
    Hold,
    Journal,
    Ladder,
    Line,
    News,
    Outlook,
    PerAmount,
    Placement,
    Program,
    Return,
    Rulebook,
    Sale,
    Spend,
    Standing,
    StandingMoved,
    Tender,
    Term,
    Tier,
    TierAtRisk,
    TierLost,
    TierReached,
    advance,
    balance,
    encode,
    next_change_at,
    outlook,
    position,
    tier_of,
    tiers_of,
)

END = "40-01-01"
BRONZE, SILVER, GOLD = Tier("bronze"), Tier("silver", threshold=100), Tier("gold", threshold=300)
VIP = Tier("vip", invited=True)
PLAIN = Coin()
TIERS = (BRONZE, SILVER, GOLD)


def at(day: str) -> int:
    """UTC seconds of `21-03-05` (noon) or `21-03-05 23:59`."""
    moment = datetime.fromisoformat(f"20{day}" if ":" in day else f"20{day} 12:00").replace(tzinfo=UTC)
    return int(moment.timestamp())


def shop(*ladders: Ladder, coin: Coin = PLAIN, then: tuple[str, tuple[Ladder, ...]] | None = None) -> Program:
    """One frame, and `then` another one from a midnight on."""
    frames = [Frame(ladders=ladders)]
    if then:
        frames.append(Frame(since=at(f"{then[0]} 00:00"), ladders=then[1]))
    terms = (
        Term("base", award=PerAmount(1, 100), coin=coin),
        Term("friend", award=Fixed(7), tiers=frozenset({"friend"}), coin=coin, qualifying=False),
        Term("golden", award=Fixed(11), tiers=frozenset({"gold"}), coin=coin, qualifying=False),
    )
    return Program(Rulebook(terms=terms, frames=tuple(frames)))


def ladder(*tiers: Tier, **more) -> Ladder:
    return Ladder(tiers or TIERS, **more)


def turning(*tiers: Tier, **more) -> Program:
    """By the year, and from July 2021 on another ladder."""
    return shop(ladder(), then=("21-07-01", (ladder(*tiers, **more),)))


def buy(day: str, euros: int, id: str = "", pieces: int = 1, paid_with_points: int = 0) -> Sale:
    tenders = (
        Tender("points", paid_with_points * 100, paid_with_points),
        Tender("cash", (euros - paid_with_points) * 100),
    )
    lines = (Line("x", "bread", "", pieces, euros * 100),)
    return Sale(id=id or f"buy {day}", at=at(day), lines=lines, tenders=tenders if paid_with_points else ())


def back(day: str, deal: str, pieces: int = 1) -> Return:
    return Return(id=f"back {day} {deal}", at=at(day), deal=deal, quantities={0: pieces})


def spend(day: str, points: int) -> Spend:
    return Spend(id=f"spend {day}", at=at(day), points=points, reward="mug")


def give(day: str, points: int) -> Adjustment:
    return Adjustment(id=f"give {day}", at=at(day), points=points, reason="goodwill")


def put(day: str, tier: str, until: str = "", **more) -> Placement:
    return Placement(id=f"put {day}", at=at(day), tier=tier, until=at(f"{until} 00:00") if until else 0, **more)


def lift(day: str) -> Placement:
    return put(day, "")


def hold(day: str, points: int, until: str) -> Hold:
    return Hold(id=f"hold {day}", at=at(day), points=points, until=at(until))


YEAR = shop(ladder())
EARNED, NEVER_DOWN = shop(ladder(downgrade="earned")), shop(ladder(downgrade="never"))
ONE_SEASON = shop(ladder(keeps="season", downgrade="earned"))
ONE_SEASON_STEP = shop(ladder(keeps="season"))
GRACE = shop(ladder(grace_days=60))
SHORT_SEASONS = shop(ladder(every="month", grace_days=45))
DAY, WEEK, MONTH, QUARTER, EVER = (shop(ladder(every=every)) for every in ("day", "week", "month", "quarter", "ever"))
JOINING, CHANGE = shop(ladder(every="anniversary")), shop(ladder(every="change"))
SPEND = shop(ladder(BRONZE, Tier("silver", threshold=10_000), Tier("gold", threshold=30_000), counts="spend"))
VISITS = shop(ladder(BRONZE, Tier("silver", threshold=2), Tier("gold", threshold=3), counts="visits"))
FADING, LATER = Coin(expiry=Expiry(days=30)), Coin(pending_days=10)
YEAR_FADING, YEAR_LATER = shop(ladder(), coin=FADING), shop(ladder(), coin=LATER)
BALANCE = shop(ladder(counts="balance"))
BALANCE_FADING, BALANCE_LATER = shop(ladder(counts="balance"), coin=FADING), shop(ladder(counts="balance"), coin=LATER)
STATUS = shop(ladder(currencies=frozenset({"status"})))
WITH_VIP = shop(ladder(BRONZE, SILVER, VIP, GOLD))
BANNED = shop(ladder(Tier("banned", invited=True), *TIERS))
CLUB = Ladder((Tier("guest"), Tier("friend", threshold=2)), id="club", counts="visits")
TWO = shop(ladder(), CLUB)

MARCH = "21-03-05"
CASES: list[tuple[str, str, Program, list[AnyFact], dict[str, str]]] = [
    ("climbing", "whoever has bought nothing is at the entry", YEAR, [], {MARCH: "bronze"}),
    ("climbing", "a point short", YEAR, [buy(MARCH, 99)], {MARCH: "bronze"}),
    ("climbing", "just enough, and at once", YEAR, [buy(MARCH, 100)], {"21-03-04": "bronze", MARCH: "silver"}),
    ("climbing", "purchases add up", YEAR, [buy(MARCH, 60), buy("21-05-01", 40)],
     {"21-04-30": "bronze", "21-05-01": "silver"}),
    ("climbing", "two tiers at once", YEAR, [buy(MARCH, 300)], {MARCH: "gold"}),
    ("climbing", "what is spent stays counted", YEAR, [buy(MARCH, 100), spend("21-03-06", 100)],
     {"21-03-07": "silver"}),
    ("climbing", "and what is spent adds to what comes later", YEAR,
     [buy(MARCH, 60), spend("21-03-06", 60), buy("21-04-01", 40)], {"21-04-02": "silver"}),
    ("climbing", "what has expired stays counted", YEAR_FADING, [buy(MARCH, 100)], {"21-06-01": "silver"}),
    ("climbing", "pending points count when they are earned", YEAR_LATER, [buy(MARCH, 100)], {"21-03-06": "silver"}),
    ("climbing", "a gift of points does not count", YEAR, [give(MARCH, 500)], {MARCH: "bronze"}),
    ("climbing", "what is paid with points does not count", YEAR,
     [give("21-03-01", 50), buy(MARCH, 120, paid_with_points=50)], {MARCH: "bronze"}),
    ("climbing", "another currency does not count", STATUS, [buy(MARCH, 500)], {MARCH: "bronze"}),
    ("what counts", "money", SPEND, [buy(MARCH, 100)], {MARCH: "silver"}),
    ("what counts", "a cent short", SPEND, [buy(MARCH, 99)], {MARCH: "bronze"}),
    ("what counts", "money that was not paid with points", SPEND,
     [give("21-03-01", 40), buy(MARCH, 120, paid_with_points=40)], {MARCH: "bronze"}),
    ("what counts", "visits", VISITS, [buy(f"21-03-0{day}", 1) for day in (1, 2, 3)],
     {"21-03-01": "bronze", "21-03-02": "silver", "21-03-03": "gold"}),
    ("what counts", "a visit that came back is none", VISITS,
     [buy("21-03-01", 1, "a"), buy("21-03-02", 1), back("21-03-03", "a")],
     {"21-03-02": "silver", "21-03-03": "bronze"}),
    ("what counts", "a visit of which a part came back is one", VISITS,
     [buy("21-03-01", 2, "a", 2), buy("21-03-02", 1), back("21-03-03", "a")], {"21-03-03": "silver"}),
    ("what counts", "money that came back does not", SPEND, [buy("21-03-01", 120, "a", 2), back("21-03-03", "a")],
     {"21-03-01": "silver", "21-03-03": "bronze"}),
    ("a season ends", "what is reached holds to the end of the next season", YEAR, [buy(MARCH, 100)],
     {"22-12-31 23:59": "silver", "23-01-01 00:00": "bronze"}),
    ("a season ends", "one step a season", YEAR, [buy(MARCH, 300)],
     {"22-12-31": "gold", "23-01-01": "silver", "23-12-31": "silver", "24-01-01": "bronze"}),
    ("a season ends", "earned again", YEAR, [buy(MARCH, 300), buy("22-03-05", 300)],
     {"23-12-31": "gold", "24-01-01": "silver"}),
    ("a season ends", "a point short of it", YEAR, [buy(MARCH, 300), buy("22-03-05", 299)], {"23-01-01": "silver"}),
    ("a season ends", "what counted is counted once", YEAR, [buy(MARCH, 60), buy("22-03-05", 60)],
     {"22-03-05": "bronze"}),
    ("a season ends", "down to what was earned", EARNED, [buy(MARCH, 300)], {"22-12-31": "gold", "23-01-01": "bronze"}),
    ("a season ends", "which may be something", EARNED, [buy(MARCH, 300), buy("22-03-05", 100)],
     {"23-01-01": "silver", "24-01-01": "bronze"}),
    ("a season ends", "never down", NEVER_DOWN, [buy(MARCH, 300)], {"39-01-01": "gold"}),
    ("a season ends", "only to the end of the season in which it was reached", ONE_SEASON, [buy(MARCH, 300)],
     {"21-12-31": "gold", "22-01-01": "bronze"}),
    ("a season ends", "one step, without the season after", ONE_SEASON_STEP, [buy(MARCH, 300)],
     {"21-12-31": "gold", "22-01-01": "silver", "23-01-01": "bronze"}),
    ("a season ends", "days", DAY, [buy(MARCH, 100)], {"21-03-06": "silver", "21-03-07": "bronze"}),
    ("a season ends", "weeks", WEEK, [buy(MARCH, 100)], {"21-03-14": "silver", "21-03-15": "bronze"}),
    ("a season ends", "months", MONTH, [buy("21-01-31", 100)], {"21-02-28": "silver", "21-03-01": "bronze"}),
    ("a season ends", "quarters", QUARTER, [buy(MARCH, 100)], {"21-06-30": "silver", "21-07-01": "bronze"}),
    ("a season ends", "without seasons", EVER, [buy(MARCH, 60), buy("25-01-01", 40)],
     {"25-01-01": "silver", "39-01-01": "silver"}),
    ("grace", "a tier is kept for sixty days more", GRACE, [buy(MARCH, 100)],
     {"23-03-01": "silver", "23-03-02": "bronze"}),
    ("grace", "at every step", GRACE, [buy(MARCH, 300)],
     {"23-03-01": "gold", "23-03-02": "silver", "24-02-29": "silver", "24-03-01": "bronze"}),
    ("grace", "who earns it meanwhile does not lose it", GRACE, [buy(MARCH, 100), buy("23-02-01", 100)],
     {"23-03-02": "silver", "24-12-31": "silver"}),
    ("grace", "who earns too little does", GRACE, [buy(MARCH, 100), buy("23-02-01", 99)],
     {"23-03-01": "silver", "23-03-02": "bronze"}),
    ("grace", "the higher one goes on where a season is shorter", SHORT_SEASONS, [buy("21-01-10", 300)],
     {"21-04-14": "gold", "21-04-15": "bronze"}),
    ("returns", "the tier follows", YEAR, [buy(MARCH, 100, "a"), back("21-04-01", "a")],
     {"21-03-31": "silver", "21-04-01": "bronze"}),
    ("returns", "a part is enough", YEAR, [buy(MARCH, 120, "a", 2), back("21-04-01", "a")], {"21-04-01": "bronze"}),
    ("returns", "unless enough is left", YEAR, [buy(MARCH, 200, "a", 2), back("21-04-01", "a")],
     {"21-04-01": "silver"}),
    ("returns", "twice is once", YEAR,
     [buy(MARCH, 300, "a"), buy(MARCH, 100, "b"), back("21-04-01", "a"), back("21-04-02", "a")],
     {"21-04-02": "silver"}),
    ("returns", "not of a season that is over", YEAR, [buy("21-12-20", 100, "a"), back("22-01-05", "a")],
     {"22-12-31": "silver"}),
    ("returns", "nor from the count of the next", YEAR,
     [buy("21-12-20", 50, "a"), buy("22-01-02", 100), back("22-01-05", "a")], {"22-01-06": "silver"}),
    ("returns", "a return by an earlier clock waits for its sale", YEAR, [back("21-03-01", "a"), buy(MARCH, 100, "a")],
     {MARCH: "bronze"}),
    ("since the last change", "a year from the climb", CHANGE, [buy(MARCH, 100)],
     {"22-03-04": "silver", "22-03-05": "bronze"}),
    ("since the last change", "the count begins anew", CHANGE, [buy(MARCH, 100), buy("21-04-01", 299)],
     {"21-04-02": "silver"}),
    ("since the last change", "and so does the year", CHANGE, [buy(MARCH, 100), buy("21-06-01", 300)],
     {"21-06-01": "gold", "22-05-31": "gold", "22-06-01": "silver", "23-06-01": "bronze"}),
    ("since the last change", "earned again within the year", CHANGE, [buy(MARCH, 100), buy("21-06-01", 100)],
     {"22-03-05": "silver", "23-03-05": "bronze"}),
    ("since the last change", "two climbs on a day", CHANGE,
     [buy(f"{MARCH} 09:00", 100), buy(f"{MARCH} 10:00", 300, "b"), back("21-03-06", "b")],
     {MARCH: "gold", "21-03-06": "silver"}),
    ("since the last change", "a climb is taken back", CHANGE, [buy(MARCH, 100, "a"), back("21-04-01", "a")],
     {"21-04-01": "bronze"}),
    ("since the last change", "and what counted since counts before it", CHANGE,
     [buy("21-03-01", 60), buy(MARCH, 60, "b"), buy("21-03-09", 50), back("21-04-01", "b")], {"21-04-01": "silver"}),
    ("since the last change", "until that comes back as well", CHANGE,
     [buy("21-03-01", 60), buy(MARCH, 60, "b"), buy("21-03-09", 50, "c"), back("21-04-01", "b"), back("21-04-02", "c")],
     {"21-04-01": "silver", "21-04-02": "bronze"}),
    ("since the last change", "a climb beyond stays if it still holds", CHANGE,
     [buy(MARCH, 100, "a"), buy("21-04-01", 300), back("21-05-01", "a")], {"21-05-01": "gold"}),
    ("since the last change", "only the later climb goes", CHANGE,
     [buy(MARCH, 100), buy("21-04-01", 300, "b"), back("21-05-01", "b")], {"21-05-01": "silver"}),
    ("since the last change", "a part of a climb", CHANGE, [buy(MARCH, 300, "a", 3), back("21-04-01", "a", 2)],
     {"21-03-31": "gold", "21-04-01": "silver"}),
    ("since the last change", "not of a year that is over", CHANGE,
     [buy("21-01-05", 20), buy("21-12-01", 80, "a"), back("22-02-01", "a")], {"22-02-01": "silver"}),
    ("from the day of joining", "a year from it", JOINING, [give(MARCH, 1), buy("21-12-01", 100)],
     {"23-03-04": "silver", "23-03-05": "bronze"}),
    ("from the day of joining", "on 29 February, a common year", JOINING, [buy("20-02-29", 100)],
     {"22-02-27": "silver", "22-02-28": "bronze"}),
    ("from the day of joining", "on 29 February, to a leap year and beyond", JOINING,
     [give("20-02-29", 1), buy("23-03-01", 100)], {"25-02-27": "silver", "25-02-28": "bronze"}),
    ("from the day of joining", "on the anniversary a new year has begun", JOINING,
     [give(MARCH, 1), buy("22-03-05", 100)], {"24-03-04": "silver", "24-03-05": "bronze"}),
    ("from the day of joining", "years later", JOINING, [give("15-06-10", 1), buy("21-06-09", 100)],
     {"22-06-09": "silver", "22-06-10": "bronze"}),
    ("by what is held", "a gift counts", BALANCE, [give(MARCH, 100)], {MARCH: "silver"}),
    ("by what is held", "a point spent", BALANCE, [buy(MARCH, 100), spend("21-04-01", 1)],
     {"21-03-31": "silver", "21-04-01": "bronze"}),
    ("by what is held", "no season ends", BALANCE, [buy(MARCH, 100)], {"39-01-01": "silver"}),
    ("by what is held", "until points expire", BALANCE_FADING, [buy(MARCH, 100)],
     {"21-04-04 23:59": "silver", "21-04-05 00:00": "bronze"}),
    ("by what is held", "some of them", BALANCE_FADING, [buy(MARCH, 100), buy("21-03-10", 200)],
     {"21-04-04": "gold", "21-04-05": "silver", "21-04-10": "bronze"}),
    ("by what is held", "as soon as points begin", BALANCE_LATER, [buy(MARCH, 100)],
     {"21-03-15 11:59": "bronze", "21-03-15 12:00": "silver"}),
    ("by what is held", "what is set aside is still held", BALANCE,
     [buy(MARCH, 100), hold("21-03-06", 100, "21-03-10")], {"21-03-07": "silver", "21-03-11": "silver"}),
    ("by what is held", "what is owed is not", BALANCE,
     [buy(MARCH, 100, "a"), spend("21-03-06", 100), back("21-03-07", "a"), buy("21-03-08", 150)],
     {"21-03-08": "bronze"}),
    ("by hand", "for good", YEAR, [put(MARCH, "gold")], {"21-03-04": "bronze", MARCH: "gold", "39-01-01": "gold"}),
    ("by hand", "for a time", YEAR, [put(MARCH, "gold", "21-06-01")], {"21-05-31": "gold", "21-06-01": "bronze"}),
    ("by hand", "lifted", YEAR, [put(MARCH, "gold"), lift("21-04-01")], {"21-03-31": "gold", "21-04-01": "bronze"}),
    ("by hand", "another one in its place", YEAR, [put(MARCH, "gold", "21-06-01"), put("21-04-01", "silver")],
     {"21-04-01": "silver", "21-06-01": "silver"}),
    ("by hand", "outside the automatic moves, upwards", YEAR,
     [put(MARCH, "silver"), buy("21-04-01", 300), lift("21-05-01")], {"21-04-01": "silver", "21-05-01": "gold"}),
    ("by hand", "and downwards", YEAR, [buy("21-03-01", 100), put(MARCH, "gold", "23-06-01")],
     {"23-05-31": "gold", "23-06-01": "bronze"}),
    ("by hand", "below what was earned", YEAR, [buy("21-03-01", 300), put(MARCH, "bronze")], {MARCH: "bronze"}),
    ("by hand", "a floor lets climb", YEAR, [put(MARCH, "silver", floor=True), buy("21-04-01", 300)],
     {MARCH: "silver", "21-04-01": "gold", "23-01-01": "silver", "24-01-01": "silver"}),
    ("by hand", "a season that began with a change goes on beneath", shop(ladder(every="change")),
     [put(MARCH, "gold"), buy("21-04-01", 100), lift("21-05-01")],
     {"21-05-01": "silver", "22-03-31": "silver", "22-04-01": "bronze"}),
    ("by hand", "a tier that nobody knows", YEAR, [put(MARCH, "platinum")], {MARCH: "bronze"}),
    ("by hand", "on a ladder that nobody knows", YEAR, [put(MARCH, "gold", ladder="club")], {MARCH: "bronze"}),
    ("by hand", "an end that has gone by lifts it", YEAR, [put(MARCH, "gold"), put("21-04-01", "gold", "21-03-20")],
     {"21-04-01": "bronze"}),
    ("by hand", "beside what is held", BALANCE, [put(MARCH, "silver", "21-06-01"), buy("21-04-01", 300)],
     {"21-05-31": "silver", "21-06-01": "gold"}),
    ("by hand", "a return beneath it is seen when it ends", YEAR,
     [buy("21-03-01", 300, "a"), put(MARCH, "gold", "21-06-01"), back("21-04-01", "a")],
     {"21-05-31": "gold", "21-06-01": "bronze"}),
    ("by invitation", "nobody climbs into it", WITH_VIP, [buy(MARCH, 299)], {MARCH: "silver"}),
    ("by invitation", "the next one can be reached past it", WITH_VIP, [buy(MARCH, 300)], {MARCH: "gold"}),
    ("by invitation", "nobody falls into it", WITH_VIP, [buy(MARCH, 300)], {"23-01-01": "silver"}),
    ("by invitation", "it is given", WITH_VIP, [put(MARCH, "vip")], {"35-01-01": "vip"}),
    ("by invitation", "below the entry, too", BANNED, [buy("21-03-01", 100), put(MARCH, "banned"), lift("22-01-10")],
     {"21-03-04": "silver", MARCH: "banned", "22-01-11": "silver", "23-01-01": "bronze"}),
    ("two ladders", "each by its own count", TWO, [buy(MARCH, 100), buy("21-03-06", 1)],
     {MARCH: "silver guest", "21-03-06": "silver friend", "23-01-01": "bronze guest"}),
    ("two ladders", "a return counts on both", TWO, [buy(MARCH, 100, "a"), buy("21-03-06", 1), back("21-03-07", "a")],
     {"21-03-07": "bronze guest"}),
    ("two ladders", "a placement is for one", TWO, [put(MARCH, "friend", ladder="club"), buy("21-03-06", 100)],
     {"21-03-06": "silver friend"}),
    ("two ladders", "not for one that has no such tier", TWO, [put(MARCH, "friend")], {MARCH: "bronze guest"}),
    ("another frame", "says the same", turning(), [buy(MARCH, 100)], {"22-12-31": "silver", "23-01-01": "bronze"}),
    ("another frame", "asks for more", turning(BRONZE, Tier("silver", threshold=101), GOLD), [buy(MARCH, 100)],
     {"21-06-30": "silver", "21-07-01": "bronze"}),
    ("another frame", "but what is carried into a season holds to its end",
     turning(BRONZE, Tier("silver", threshold=101), GOLD), [buy("20-03-05", 100)],
     {"21-12-31": "silver", "22-01-01": "bronze"}),
    ("another frame", "asks for less", turning(BRONZE, Tier("silver", threshold=60), GOLD), [buy(MARCH, 60)],
     {"21-06-30": "bronze", "21-07-01": "silver"}),
    ("another frame", "has a tier less", turning(BRONZE, SILVER), [buy(MARCH, 300)],
     {"21-06-30": "gold", "21-07-01": "silver"}),
    ("another frame", "has a tier less that was carried", turning(BRONZE, SILVER), [buy("20-03-05", 300)],
     {"21-06-30": "gold", "21-07-01": "silver", "22-01-01": "bronze"}),
    ("another frame", "has another name for it", turning(BRONZE, Tier("argent", threshold=100), GOLD),
     [buy("20-03-05", 100)], {"21-06-30": "silver", "21-07-01": "argent", "22-01-01": "bronze"}),
    ("another frame", "has one more below", turning(Tier("clay"), replace(BRONZE, threshold=50), SILVER, GOLD),
     [buy("20-03-05", 100)], {"21-07-01": "silver", "22-01-01": "bronze", "23-01-01": "clay"}),
    ("another frame", "and who has earned nothing is at the new entry",
     turning(Tier("clay"), replace(BRONZE, threshold=50), SILVER, GOLD), [buy(MARCH, 20)],
     {"21-06-30": "bronze", "21-07-01": "clay"}),
    ("another frame", "in another order", turning(BRONZE, replace(GOLD, threshold=100), replace(SILVER, threshold=300)),
     [buy("20-03-05", 100)], {"21-07-01": "silver", "22-01-01": "gold"}),
    ("another frame", "has another ladder instead", turning(id="new"), [buy(MARCH, 100)],
     {"21-06-30": "silver", "21-07-01": "bronze"}),
    ("another frame", "has one ladder more", shop(ladder(), then=("21-07-01", (CLUB, ladder()))),
     [buy(MARCH, 100, "a"), buy("21-07-02", 1), back("21-07-03", "a"), buy("21-07-04", 1)],
     {"21-07-02": "guest silver", "21-07-03": "guest bronze", "21-07-04": "friend bronze"}),
    ("another frame", "has shorter seasons, after the one that runs", turning(every="month"), [buy(MARCH, 100)],
     {"22-01-31": "silver", "22-02-01": "bronze"}),
    ("another frame", "has seasons, where there were none", shop(ladder(every="ever"), then=("21-07-01", (ladder(),))),
     [buy(MARCH, 100)], {"22-12-31": "silver", "23-01-01": "bronze"}),
    ("another frame", "counts something else from nothing",
     turning(BRONZE, replace(SILVER, threshold=2), GOLD, counts="visits"),
     [buy(MARCH, 100, "a"), back("21-07-02", "a"), buy("21-07-03", 1)], {"21-07-03": "silver", "22-01-01": "bronze"}),
    ("another frame", "goes by what is held", turning(counts="balance"), [buy(MARCH, 100), spend("21-04-01", 50)],
     {"21-06-30": "silver", "21-07-01": "bronze"}),
    ("another frame", "no longer goes by what is held", shop(ladder(counts="balance"), then=("21-07-01", (ladder(),))),
     [give(MARCH, 300), spend("21-07-02", 300)], {"21-07-03": "gold", "22-01-01": "silver"}),
    ("another frame", "counts since the last change", turning(every="change"), [buy(MARCH, 100), buy("21-08-01", 250)],
     {"21-08-01": "silver"}),
    ("another frame", "keeps what was given", turning(BRONZE, SILVER, replace(GOLD, threshold=999)),
     [put(MARCH, "gold")], {"21-07-01": "gold"}),
    ("another frame", "gives another tier for the one given", turning(BRONZE, SILVER, Tier("aurum", threshold=250)),
     [put(MARCH, "gold")], {"21-07-01": "aurum"}),
    ("another frame", "ends an invitation to what is gone",
     shop(ladder(BRONZE, SILVER, VIP), then=("21-07-01", (ladder(),))),
     [put(MARCH, "vip", "22-01-01"), buy("21-04-01", 100)], {"21-06-30": "vip", "21-07-01": "silver"}),
    ("another frame", "keeps a grace",
     shop(ladder(grace_days=60), then=("23-02-01", (ladder(BRONZE, SILVER, replace(GOLD, threshold=400)),))),
     [buy(MARCH, 300)], {"23-03-01": "gold", "23-03-02": "silver"}),
    ("another frame", "ends a grace for what is gone",
     shop(ladder(grace_days=60), then=("23-02-01", (ladder(BRONZE),))), [buy(MARCH, 300)],
     {"23-01-31": "gold", "23-02-01": "bronze"}),
]  # fmt: skip


def at_end_of(program: Program, facts: list[AnyFact], day: str) -> Standing:
    journal = Journal(program, every=2)
    for fact in sorted(facts, key=position):
        if fact.at <= at(day):
            journal.record(fact)
    return advance(journal.standing, at(day), program).standing


def names(standing: Standing, program: Program) -> str:
    held = tiers_of(standing, program)
    return " ".join(program.tiers(standing.at, ladder)[tier].id for ladder, tier in enumerate(held))


@pytest.mark.parametrize(("program", "facts", "tiers"), [c[2:] for c in CASES], ids=[f"{c[0]}: {c[1]}" for c in CASES])
def test_a_tier(program: Program, facts: list[AnyFact], tiers: dict[str, str]):
    """On each day what is expected; and the same bytes whatever came first, and however often."""
    found = {day: names(at_end_of(program, facts, day), program) for day in tiers}

    assert found == tiers
    late = Journal(program, every=2)
    for fact in sorted(facts, key=position)[::-1] + facts:
        late.record(fact)
        late.tick(max(late.standing.at, at(max(tiers))))
    late.tick(at(END))
    assert encode(late.standing) == encode(at_end_of(program, facts, END))
    walk(facts, program)


def walk(facts: list[AnyFact], program: Program) -> None:
    """Nothing changes before the next change, something does at it, and news are what the tiers say."""
    journal = Journal(program)
    for fact in [*sorted(facts, key=position), None]:
        until = fact.at if fact else at(END)
        while next_of(journal.standing, program) < until:
            before, due = journal.standing, next_of(journal.standing, program)
            assert moves(journal.tick(due - 1).news) == 0
            assert encode(replace(journal.standing, at=0)) == encode(replace(before, at=0))
            was = tiers_of(journal.standing, program)
            told = journal.tick(due).news
            if due not in program.turns:
                assert encode(replace(journal.standing, at=0)) != encode(replace(before, at=0))
                assert moves(told) == differences(was, tiers_of(journal.standing, program))
        if fact:
            was = tiers_of(advance(journal.standing, fact.at, program).standing, program)
            ruled = advance(journal.standing, fact.at, program)
            told = journal.record(fact).news
            assert moves(told) - moves(ruled.news) == differences(was, tiers_of(journal.standing, program))
    assert all(rung != type(rung)() for rung in journal.standing.rungs.values()), "a rung that says nothing"


DAYS = st.builds(lambda n: str(datetime.fromtimestamp(at("21-02-20") + n * 86400, UTC).date())[2:], st.integers(0, 800))
AMOUNTS = st.sampled_from([1, 40, 60, 100, 300])
GIVEN = st.sampled_from(["", "bronze", "silver", "gold", "vip", "friend"])
PROGRAMS = list({id(case[2]): case[2] for case in CASES}.values())


@st.composite
def lives(draw) -> list[AnyFact]:
    """Purchases, some of which come back, spends, gifts, placements."""
    facts: list[AnyFact] = []
    for n, day in enumerate(draw(st.lists(DAYS, min_size=1, max_size=9))):
        match draw(st.sampled_from(["buy", "buy", "buy", "back", "spend", "give", "put"])):
            case "buy":
                facts.append(buy(day, draw(AMOUNTS), f"b{n}", draw(st.integers(1, 3))))
            case "back":
                facts.append(replace(back(day, f"b{draw(st.integers(0, n))}", draw(st.integers(1, 3))), id=f"r{n}"))
            case "spend":
                facts.append(replace(spend(day, draw(AMOUNTS)), id=f"s{n}"))
            case "give":
                facts.append(replace(give(day, draw(AMOUNTS)), id=f"g{n}"))
            case "put":
                until, floor = draw(st.one_of(st.just(""), DAYS)), draw(st.booleans())
                facts.append(replace(put(day, draw(GIVEN), until, floor=floor), id=f"p{n}"))
    return facts


@settings(
    max_examples=int(os.environ.get("PUNCHCARD_EXAMPLES", "") or 60), deadline=None, database=None,
    derandomize="PUNCHCARD_EXAMPLES" not in os.environ, suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.sampled_from(PROGRAMS), lives(), st.randoms(use_true_random=False))
def test_any_life_on_any_ladder(program: Program, facts: list[AnyFact], chance: random.Random):
    """Nothing before its time, news for every move and for no other, the same bytes in any order, no count below zero."""
    walk(facts, program)
    ordered = folded(program, facts)
    late = Journal(program, every=2)
    for fact in chance.sample(facts, len(facts)):
        late.record(fact)
        late.tick(max(late.standing.at, at("21-02-20") + chance.randrange(400) * 86400))

    end = at(END)
    assert encode(advance(late.standing, end, program).standing) == encode(advance(ordered, end, program).standing)
    assert all(rung.qualified >= 0 for rung in ordered.rungs.values())


def next_of(standing: Standing, program: Program) -> int:
    return min(next_change_at(standing), program.next_turn(standing.at))


def moves(news: list[News]) -> int:
    return sum(isinstance(each, TierReached | TierLost) for each in news)


def differences(was: tuple[int, ...], now: tuple[int, ...]) -> int:
    return sum(a != b for a, b in zip(was, now, strict=True))


def test_the_table_is_long_enough_and_no_case_stands_twice():
    assert len({(rule, case) for rule, case, *_ in CASES}) == len(CASES) >= 100


def test_terms_name_the_tiers_of_either_ladder():
    facts: list[AnyFact] = [buy(MARCH, 1), buy("21-03-06", 299), buy("21-03-07", 1)]

    points = [balance(at_end_of(TWO, facts[:n], "21-04-01")) for n in range(4)]
    gains = [after - before for before, after in pairwise(points)]

    assert gains == [1, 299, 1 + 7 + 11]


def test_what_no_longer_counts_is_not_taken_from_what_does():
    """A frame that counted otherwise lay between: the count has begun anew since the sale, in the same season."""
    dates = (0, midnight("21-07-01"), midnight("21-08-01"))
    counts: tuple[Literal["points", "visits"], ...] = ("points", "visits", "points")
    frames = [Frame(since, (ladder(counts=each),)) for since, each in zip(dates, counts, strict=True)]
    program = Program(Rulebook(terms=YEAR.rulebook.terms, frames=tuple(frames)))
    facts: list[AnyFact] = [buy(MARCH, 60, "a"), buy("21-09-01", 10), back("21-09-02", "a"), buy("21-09-03", 100)]

    assert names(at_end_of(program, facts, "21-09-03"), program) == "silver"


def told_of(program: Program, facts: list[AnyFact], until: str) -> list[News]:
    journal = Journal(program, every=2)
    told = [news for fact in facts for news in journal.record(fact).news]
    told += journal.tick(at(until)).news
    return [news for news in told if isinstance(news, TierReached | TierLost | TierAtRisk)]


def midnight(day: str) -> int:
    return at(f"{day} 00:00")


WARNED = shop(ladder(warn_days=30))
NEWS: list[tuple[str, Program, list[AnyFact], str, list[News]]] = [
    ("a tier is reached in a season", YEAR, [buy(MARCH, 100)], "21-04-01",
     [TierReached("silver", midnight("22-01-01"))]),
    ("a late fact that changes nothing about it tells nothing again", YEAR, [buy(MARCH, 100), buy("21-03-01", 5)],
     "21-04-01", [TierReached("silver", midnight("22-01-01"))]),
    ("nor does one that moves a season which began with a change", CHANGE, [buy(MARCH, 100), buy("21-03-01", 100)],
     "21-04-01", [TierReached("silver", midnight("22-01-01"))]),
    ("nor one before a placement", YEAR, [put(MARCH, "gold"), buy("21-03-01", 5)], "21-04-01",
     [TierReached("gold", midnight("22-01-01"))]),
    ("a return is named", YEAR, [buy(MARCH, 100, "a"), back("21-04-01", "a")], "21-05-01",
     [TierReached("silver", midnight("22-01-01")), TierLost("bronze", "back 21-04-01 a")]),
    ("the end of a season is not", YEAR, [buy(MARCH, 100)], "23-02-01",
     [TierReached("silver", midnight("22-01-01")), TierLost("bronze")]),
    ("what moves beneath a placement is no news", YEAR, [put(MARCH, "gold"), buy("21-04-01", 300)], "24-02-01",
     [TierReached("gold", midnight("22-01-01"))]),
    ("a fall is told at the end of the grace", GRACE, [buy(MARCH, 100)], "23-03-01",
     [TierReached("silver", midnight("22-01-01"))]),
    ("thirty days before it is lost", WARNED, [buy(MARCH, 100)], "22-12-02 00:00",
     [TierReached("silver", midnight("22-01-01")), TierAtRisk("silver", midnight("23-01-01"))]),
    ("and not before", WARNED, [buy(MARCH, 100)], "22-12-01 23:59", [TierReached("silver", midnight("22-01-01"))]),
    ("nobody is warned whose tier is safe", WARNED, [buy(MARCH, 100), buy("22-05-01", 100)], "22-12-31",
     [TierReached("silver", midnight("22-01-01"))]),
    ("nor who has nothing to lose", WARNED, [buy(MARCH, 50)], "22-12-31", []),
    ("nor whose tier is given", WARNED, [buy(MARCH, 100), put("22-05-01", "silver")], "22-12-31",
     [TierReached("silver", midnight("22-01-01"))]),
    ("another frame that asks for more", turning(BRONZE, Tier("silver", threshold=101), GOLD), [buy(MARCH, 100)],
     "21-07-02", [TierReached("silver", midnight("22-01-01")), TierLost("bronze")]),
    ("another name is no news", turning(BRONZE, Tier("argent", threshold=100), GOLD), [buy(MARCH, 100)], "21-07-02",
     [TierReached("silver", midnight("22-01-01"))]),
    ("nor is another place", turning(BRONZE, Tier("new", threshold=50), SILVER, GOLD), [buy(MARCH, 100)], "21-07-02",
     [TierReached("silver", midnight("22-01-01"))]),
    ("a tier that is gone is lost", turning(BRONZE, SILVER), [buy(MARCH, 300)], "21-07-02",
     [TierReached("gold", midnight("22-01-01")), TierLost("silver")]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "facts", "until", "told"), [n[1:] for n in NEWS], ids=[n[0] for n in NEWS])
def test_news(program: Program, facts: list[AnyFact], until: str, told: list[News]):
    assert told_of(program, facts, until) == told


def test_another_name_still_makes_the_card_stale():
    program = turning(BRONZE, Tier("argent", threshold=100), GOLD)

    assert StandingMoved() in advance(at_end_of(program, [buy(MARCH, 100)], "21-06-30"), at("21-07-02"), program).news


AHEAD: list[tuple[str, Program, list[AnyFact], str, Outlook]] = [
    ("at the entry", YEAR, [buy(MARCH, 30)], MARCH, Outlook(0, 0, 0, 1, 70, 0)),
    ("in the season in which it was reached", YEAR, [buy(MARCH, 120)], MARCH,
     Outlook(1, midnight("22-01-01"), 1, 2, 180, 0)),
    ("in the season after", YEAR, [buy(MARCH, 120), buy("22-02-01", 30)], "22-02-01",
     Outlook(1, midnight("23-01-01"), 0, 2, 270, 70)),
    ("at the top", YEAR, [buy(MARCH, 300)], "22-02-01", Outlook(2, midnight("23-01-01"), 1, None, 0, 300)),
    ("where nobody falls", NEVER_DOWN, [buy(MARCH, 120)], "22-02-01", Outlook(1, 0, 1, 2, 300, 0)),
    ("where nothing would help", ONE_SEASON, [buy(MARCH, 120)], MARCH, Outlook(1, midnight("22-01-01"), 0, 2, 180, 0)),
    ("within the grace", GRACE, [buy(MARCH, 100), buy("23-02-01", 40)], "23-02-01",
     Outlook(1, midnight("23-03-02"), 0, 2, 260, 60)),
    ("given for good", YEAR, [put(MARCH, "silver")], MARCH, Outlook(1, 0, 1, None, 0, 0)),
    ("given for a time", YEAR, [put(MARCH, "silver", "21-06-01"), buy("21-03-06", 20)], "21-03-06",
     Outlook(1, midnight("21-06-01"), 0, None, 0, 0)),
    ("a floor", YEAR, [put(MARCH, "silver", "21-06-01", floor=True), buy("21-03-06", 20)], "21-03-06",
     Outlook(1, midnight("21-06-01"), 0, 2, 280, 0)),
    ("a floor for good", YEAR, [put(MARCH, "silver", floor=True)], MARCH, Outlook(1, 0, 1, 2, 300, 0)),
    ("by what is held, for ever", BALANCE, [buy(MARCH, 120)], MARCH, Outlook(1, 0, 1, 2, 180, 0)),
    ("by what is held, until it expires", BALANCE_FADING, [buy(MARCH, 80), buy("21-03-08", 60)], "21-03-08",
     Outlook(1, midnight("21-04-05"), 0, 2, 160, 40)),
    ("since the last change", CHANGE, [buy(MARCH, 100), buy("21-04-01", 30)], "21-04-01",
     Outlook(1, midnight("22-03-05"), 0, 2, 270, 70)),
    ("nobody is invited by points", WITH_VIP, [buy(MARCH, 100)], MARCH, Outlook(1, midnight("22-01-01"), 1, 3, 200, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("program", "facts", "day", "ahead"), [a[1:] for a in AHEAD], ids=[a[0] for a in AHEAD])
def test_what_is_ahead(program: Program, facts: list[AnyFact], day: str, ahead: Outlook):
    standing = at_end_of(program, facts, day)

    found = outlook(standing, program)

    assert found == ahead
    if found.until:
        assert tier_of(advance(standing, found.until - 1, program).standing, program) == found.tier
        assert tier_of(advance(standing, found.until, program).standing, program) == found.projected
    if found.to_stay:
        enough, little = ([*facts, buy_at(standing.at + 1, points)] for points in (found.to_stay, found.to_stay - 1))
        after = [advance(folded(program, each), found.until, program).standing for each in (enough, little)]
        assert [tier_of(each, program) >= found.tier for each in after] == [True, False]


def buy_at(instant: int, euros: int) -> Sale:
    return replace(buy(MARCH, euros, "more"), at=instant)


def folded(program: Program, facts: list[AnyFact]) -> Standing:
    journal = Journal(program, every=10**9)
    for fact in sorted(facts, key=position):
        journal.record(fact)
    return journal.standing
