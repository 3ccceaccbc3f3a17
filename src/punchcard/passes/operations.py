"""Reads everything that a member's card shows, in one place for both wallets."""

import math
from collections.abc import Sequence
from uuid import UUID

from punchcard import challenges, journal, members, offers, partners, rulebooks
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.locale import Text
from punchcard.foundation.settings import Settings
from punchcard.journal import Line
from punchcard.partners import Shop
from punchcard.programme import Program, Reason

from . import texts
from .model import Face, Movement, Place, ShownChallenge, ShownOffer
from .why import address as why_link

LINES_LOOKED_AT = 5
PLACES_MAX = 10
"""More than ten a phone does not look at."""


async def face(db: Connection, member_id: UUID, at: Instant, settings: Settings | None = None) -> Face:
    """What the member's card shows at this instant: a handful of reads by the member's own key; nothing is written.

    Only with the settings does it hold the link to why the points are as they are. NotFound when there is no such
    member."""
    member = await members.member(db, member_id)
    card = await journal.card(db, member_id, at)
    lines = await journal.statement(db, member_id, limit=LINES_LOOKED_AT)
    shops = await partners.shops(db)
    visited = [shop for line in lines for shop in shops if shop.id == line.shop]
    shown = await open_offers(db, member_id, at)
    code = await members.code_of(db, member_id)
    return Face(
        member_id=member_id,
        card_code=code,
        name=member.name,
        language=member.language,
        zone=member.zone,
        points=card.points,
        unit=card.unit,
        tier=card.tier,
        tier_name=card.tier_name,
        tier_until=card.tier_until or 0,
        next_tier=card.next_tier or "",
        next_tier_name=card.next_tier_name,
        missing=card.missing,
        worth=card.worth if card.points else None,
        offer=shown[0] if shown else None,
        offers=shown,
        challenge=await furthest(db, member_id, at),
        last=await last_movement(db, lines, visited),
        places=nearest(shops, visited[0] if visited else None),
        partner=home(visited),
        why_url=why_link(settings, member_id, code, at) if settings else "",
        is_open=member.state == "active",
        version=card.version,
    )


async def open_offers(db: Connection, member_id: UUID, at: Instant) -> tuple[ShownOffer, ...]:
    """The open offers that may stand on a card, what ends first first."""
    found = [each for each in await offers.open_for(db, member_id, at) if "pass" in each.channels]
    names = {each.id: each.name for each in await partners.partners(db)} if found else {}
    return tuple(
        ShownOffer(
            each.id,
            each.name,
            each.until,
            each.text,
            each.short,
            each.since,
            names.get(each.partner_id, {}),
            "push" in each.channels,
        )
        for each in found
    )


async def furthest(db: Connection, member_id: UUID, at: Instant) -> ShownChallenge | None:
    """The challenge that is nearest to its end, of those that have begun and are not done."""
    under_way = [each for each in await challenges.progress(db, member_id, at) if 0 < each.done < each.target]
    if not under_way:
        return None
    best = max(under_way, key=lambda each: (each.done / each.target, each.id))
    return ShownChallenge(best.id, best.name, best.done, best.target)


async def last_movement(db: Connection, lines: Sequence[Line], visited: Sequence[Shop]) -> Movement | None:
    """The newest line of the statement that moved points."""
    line = next((each for each in lines if each.points), None)
    if line is None:
        return None
    program = await rulebooks.program(db)
    shop = next((each for each in visited if each.id == line.shop), None)
    return Movement(line.points, line.at, await merchant(db, shop) if shop else {}, why(line.reasons, program))


async def merchant(db: Connection, shop: Shop) -> Text:
    """The name of the partner whose shop it is."""
    return next(partner.name for partner in await partners.partners(db) if partner.id == shop.partner_id)


def nearest(shops: Sequence[Shop], last: Shop | None) -> tuple[Place, ...]:
    """The shops whose place is known, those nearest to the last one first; by id while no such one is known."""
    known = [
        (shop.latitude, shop.longitude, shop)
        for shop in sorted(shops, key=lambda each: each.id)
        if shop.latitude is not None and shop.longitude is not None
    ]
    if last and last.latitude is not None and last.longitude is not None:
        here = (last.latitude, last.longitude)
        known.sort(key=lambda each: apart(here, each[:2]))
    return tuple(Place(shop.name, latitude, longitude) for latitude, longitude, shop in known[:PLACES_MAX])


def apart(here: tuple[float, float], there: tuple[float, float]) -> float:
    """How far two places lie apart, good enough to compare: on a plane, in degrees of latitude, across the date line."""
    east = abs(here[1] - there[1]) % 360
    return math.hypot(here[0] - there[0], min(east, 360 - east) * math.cos(math.radians(here[0])))


def home(visited: Sequence[Shop]) -> str:
    """The partner where the member buys most of late; of two, the one of the newest sale. Empty before the first."""
    at = [shop.partner_id for shop in visited]
    return max(at, key=at.count, default="")


def why(reasons: Sequence[Reason], program: Program) -> Text:
    """What moved the most points, in the programme's words."""
    moved = [reason for reason in reasons if reason.points]
    if not moved:
        return {}
    most = max(moved, key=lambda reason: (abs(reason.points), reason.term))
    promise = program.promise(most.term)
    name = promise.name if promise else {}
    return texts.every(
        lambda language: locale.say(f"programme.{most.verdict}", language, term=locale.of(name, language) or most.term)
    )
