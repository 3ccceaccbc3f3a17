"""How far a member can use an offer where they are and while its shops are open."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

from punchcard.foundation.clock import HOUR, Instant
from punchcard.foundation.quiet import place, readings
from punchcard.members import LastPlace
from punchcard.offers import Hours, Telling
from punchcard.partners import NEVER, Catalogue, Shop

from .model import REACH_METRES, Obstacle, Use

FRESH_SECONDS = 12 * HOUR
"""Where a member was longer ago says nothing of where they are."""
EARTH_METRES = 6_371_000
QUARTER_MINUTES = 15
LOOKS_MAX = 20
"""So many times a shop's door and an offer's hours may miss each other before they never meet, as far as anybody plans."""


def use_of(telling: Telling, known: Catalogue, zone: str, last: LastPlace | None, at: Instant) -> Use:
    """What the arbiter may look at. `zone` is the programme's, by which an offer's own hours count; `last` is known with
    the member's consent alone."""
    blocked = obstacle(telling)
    if blocked or not telling.is_for_shops:
        return Use(blocked)
    shops = shops_of(telling, known)
    hours = telling.offer.conditions.hours
    opens_at = min((first_open(known, shop, hours, zone, at) for shop in shops), default=None)
    return Use("", opens_at, metres(shops, last) if last and at - last.at < FRESH_SECONDS else None)


def shops_of(telling: Telling, known: Catalogue) -> list[Shop]:
    """Where it counts."""
    return [
        shop
        for shop in known.shops
        if shop.partner_id == telling.offer.partner_id and (not telling.shops or shop.id in telling.shops)
    ]


def too_far(telling: Telling, known: Catalogue, places: Mapping[UUID, LastPlace], at: Instant) -> set[UUID]:
    """Which of these members are too far from every one of its shops."""
    shops = shops_of(telling, known) if telling.is_for_shops else []
    fresh = {who: last for who, last in places.items() if at - last.at < FRESH_SECONDS}
    return {who for who, last in fresh.items() if shops and (metres(shops, last) or 0) > REACH_METRES}


def obstacle(telling: Telling) -> Obstacle:
    """Who has used it knows of it, even where they may again."""
    if telling.state == "held-out":
        return "held-out"
    if telling.was_used and telling.state != "limit":
        return "used"
    return next((each for each in get_args(Obstacle) if each == telling.state), "")


def first_open(known: Catalogue, shop: Shop, hours: Hours, zone: str, at: Instant) -> Instant:
    """The first instant from `at` on at which the shop is open and the offer counts; `NEVER` where there is none."""
    for _ in range(LOOKS_MAX):
        opens = known.next_open(shop, at)
        counts = first_counting(hours, zone, opens)
        if opens == counts:
            return opens
        at = counts
    return NEVER


def first_counting(hours: Hours, zone: str, at: Instant) -> Instant:
    """The first instant from `at` on that lies in the offer's own hours."""
    if at == NEVER or hours == Hours():
        return at
    today = datetime.fromtimestamp(at, place(zone)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for ahead in range(8):
        day = today + timedelta(days=ahead)
        if day.weekday() not in hours.weekdays:
            continue
        since, until = (
            readings(day + timedelta(minutes=quarter * QUARTER_MINUTES), place(zone))
            for quarter in (hours.since, hours.until)
        )
        if until[-1] > at:
            return max(at, since[0])
    return NEVER


def metres(shops: list[Shop], last: LastPlace) -> int | None:
    """How far the nearest of these shops is; None where one does not say where it stands."""
    away = [
        distance(last.latitude, last.longitude, shop.latitude, shop.longitude)
        for shop in shops
        if shop.latitude is not None and shop.longitude is not None
    ]
    return min(away) if away and len(away) == len(shops) else None


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> int:
    """Metres along the great circle."""
    here, there = math.radians(latitude), math.radians(other_latitude)
    turn = math.radians(other_longitude - longitude)
    chord = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(turn / 2) ** 2
    return round(2 * EARTH_METRES * math.asin(math.sqrt(min(1.0, chord))))
