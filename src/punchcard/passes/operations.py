"""Reads everything that a member's card shows, in one place for both wallets."""

from collections.abc import Sequence
from uuid import UUID

from punchcard import challenges, journal, members, offers, partners, rulebooks
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.locale import Text
from punchcard.journal import Line
from punchcard.programme import Program, Reason

from . import texts
from .model import Face, Movement, ShownChallenge, ShownOffer

LINES_LOOKED_AT = 5


async def face(db: Connection, member_id: UUID, at: Instant) -> Face:
    """What the member's card shows at this instant: a handful of reads by the member's own key; nothing is written.

    NotFound when there is no such member."""
    member = await members.member(db, member_id)
    card = await journal.card(db, member_id, at)
    shown = await open_offers(db, member_id, at)
    return Face(
        member_id=member_id,
        card_code=await members.code_of(db, member_id),
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
        last=await last_movement(db, member_id),
        version=card.version,
    )


async def open_offers(db: Connection, member_id: UUID, at: Instant) -> tuple[ShownOffer, ...]:
    """The open offers that may stand on a card, what ends first first."""
    found = [each for each in await offers.open_for(db, member_id, at) if "pass" in each.channels]
    names = {each.id: each.name for each in await partners.partners(db)} if found else {}
    return tuple(
        ShownOffer(each.id, each.name, each.until, each.text, each.short, each.since, names.get(each.partner_id, {}))
        for each in found
    )


async def furthest(db: Connection, member_id: UUID, at: Instant) -> ShownChallenge | None:
    """The challenge that is nearest to its end, of those that have begun and are not done."""
    under_way = [each for each in await challenges.progress(db, member_id, at) if 0 < each.done < each.target]
    if not under_way:
        return None
    best = max(under_way, key=lambda each: (each.done / each.target, each.id))
    return ShownChallenge(best.id, best.name, best.done, best.target)


async def last_movement(db: Connection, member_id: UUID) -> Movement | None:
    """The newest line of the statement that moved points."""
    lines = await journal.statement(db, member_id, limit=LINES_LOOKED_AT)
    line = next((each for each in lines if each.points), None)
    if line is None:
        return None
    program = await rulebooks.program(db)
    return Movement(line.points, line.at, await where(db, line), why(line.reasons, program))


async def where(db: Connection, line: Line) -> Text:
    """The merchant's name; empty where no shop was."""
    if not line.shop:
        return {}
    owner = {shop.id: shop.partner_id for shop in await partners.shops(db)}.get(line.shop)
    return next((partner.name for partner in await partners.partners(db) if partner.id == owner), {})


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
