"""Reads everything that a member's card shows, in one place for both wallets."""

import math
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from msgspec.structs import replace

from punchcard import challenges, journal, members, offers, partners
from punchcard.challenges import Challenge
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound
from punchcard.foundation.locale import Text
from punchcard.foundation.settings import Settings
from punchcard.journal import Glance
from punchcard.members import Shown as Holder
from punchcard.offers import OpenOffer
from punchcard.partners import Catalogue, Shop
from punchcard.programme import Program, Reason, Standing, Term, uses_left

from . import texts
from .model import Face, Movement, Place, ShownChallenge, ShownOffer
from .why import address as why_link

LINES_LOOKED_AT = 5
PLACES_MAX = 10
"""More than ten a phone does not look at."""
Look = tuple[Standing, Program, int]
"""Where a member stands, by which program, and how often that has changed."""


async def face(db: Connection, member_id: UUID, at: Instant, settings: Settings | None = None) -> Face:
    """What the member's card shows at this instant: a handful of reads by the member's own key; nothing is written.

    Only with the settings does it hold the link to why the points are as they are. NotFound when there is no such
    member."""
    (found,) = await faces(db, [(member_id, at)])
    if found is None:
        raise NotFound
    return told_why(found, settings, at) if settings else found


def told_why(shown: Face, settings: Settings, at: Instant) -> Face:
    """The face with the link to why the points are as they are."""
    return replace(shown, why_url=why_link(settings, shown.member_id, shown.card_code, at))


async def faces(db: Connection, wanted: Sequence[tuple[UUID, Instant]]) -> list[Face | None]:
    """What the cards of these members show at their instants, without the link to why; None where there is no such member.
    As many statements for a hundred as for one."""
    member_ids = list({member_id for member_id, _ in wanted})
    holders = await members.shown(db, member_ids)
    looks = await journal.look_each(db, wanted)
    lines = await journal.glances(db, member_ids, looks[0][1].main, LINES_LOOKED_AT)
    open_now = await offers.open_for_each(db, wanted)
    catalogue = await partners.catalogue(db)
    return [
        drawn(holder, look, lines.get(member_id, []), shown_offers(mine, look, catalogue), catalogue, at)
        if (holder := holders.get(member_id))
        else None
        for (member_id, at), look, mine in zip(wanted, looks, open_now, strict=True)
    ]


def drawn(
    member: Holder,
    look: Look,
    lines: Sequence[Glance],
    shown: tuple[ShownOffer, ...],
    catalogue: Catalogue,
    at: Instant,
) -> Face:
    """The face, from everything that it is made of."""
    standing, program, _ = look
    card = journal.card_of(*look)
    visited = [shop for line in lines for shop in catalogue.shops if shop.id == line.shop]
    return Face(
        member_id=member.id,
        card_code=member.card_code,
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
        challenge=furthest(challenges.progress_in(standing, program, at)),
        last=last_movement(lines, visited, program, catalogue),
        places=nearest(catalogue.shops, visited[0] if visited else None),
        partner=home(visited),
        is_open=member.state == "active",
        version=card.version,
    )


def shown_offers(found: Sequence[OpenOffer], look: Look, catalogue: Catalogue) -> tuple[ShownOffer, ...]:
    """Those of the open offers that may stand on a card and that the member can still use, what ends first first; what is
    sold out comes last."""
    standing, program, _ = look
    left = [each for each in found if "pass" in each.channels and each.paused_at is None]
    usable = [each for each in left if 0 not in uses_of(each, standing, program)]
    shown = (
        ShownOffer(
            each.id,
            each.name,
            each.until,
            each.text,
            each.short,
            each.since,
            catalogue.partners[each.partner_id].name if each.partner_id in catalogue.partners else {},
            state_of(each),
        )
        for each in usable
    )
    return tuple(sorted(shown, key=lambda each: each.state == "sold-out"))


def uses_of(offer: OpenOffer, standing: Standing, program: Program) -> list[int]:
    """What is left to the member of each limit of an offer."""
    term = program.promise(offer.id)
    return list(uses_left(standing, term).values()) if isinstance(term, Term) and term.caps else []


def state_of(offer: OpenOffer) -> Literal["open", "sold-out", "needs-activation"]:
    if offer.sold_out_at is not None:
        return "sold-out"
    return "needs-activation" if offer.activation and offer.activated_at is None else "open"


def furthest(found: Sequence[Challenge]) -> ShownChallenge | None:
    """The challenge that is nearest to its end, of those that have begun and are not done."""
    under_way = [each for each in found if 0 < each.done < each.target]
    if not under_way:
        return None
    best = max(under_way, key=lambda each: (each.done / each.target, each.id))
    return ShownChallenge(best.id, best.name, best.done, best.target)


def last_movement(
    lines: Sequence[Glance], visited: Sequence[Shop], program: Program, catalogue: Catalogue
) -> Movement | None:
    """The newest line of the statement that moved points, with the name of the partner whose shop it was at."""
    line = next((each for each in lines if each.points), None)
    if line is None:
        return None
    shop = next((each for each in visited if each.id == line.shop), None)
    where = catalogue.partners[shop.partner_id].name if shop else {}
    return Movement(line.points, line.at, where, why(line.reasons, program))


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
