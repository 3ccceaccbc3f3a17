"""What a card page needs to know, read in one transaction."""

from uuid import UUID

from punchcard import journal, members, offers, partners, passes, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.passes import Face

from .page import Extra
from .why import LINES, Place, Told


async def shown(db: Connection, member_id: UUID, at: Instant) -> tuple[Face, Extra]:
    """The member's face, and what the page shows beside it. NotFound when there is no such member."""
    face = await passes.face(db, member_id, at)
    offer = await offers.given_to(db, member_id, face.offer.id) if face.offer else None
    giver = next((each for each in await partners.partners(db) if offer and each.id == offer.partner_id), None)
    return face, Extra(
        art=offer.art if offer else "",
        partner=giver.name if giver else {},
        next_threshold=await threshold(db, face.next_tier, at),
    )


async def threshold(db: Connection, tier: str, at: Instant) -> int:
    """What this level asks for in all; 0 for none."""
    program = await rulebooks.program(db)
    return next((each.threshold for each in program.tiers(at) if each.id == tier), 0)


async def told(db: Connection, member_id: UUID, at: Instant) -> Told:
    """What moved the member's points last, and what each promise said to it."""
    member = await members.member(db, member_id)
    names = {partner.id: partner.name for partner in await partners.partners(db)}
    return Told(
        language=member.language,
        zone=member.zone,
        card=await journal.card(db, member_id, at),
        lines=await journal.statement(db, member_id, limit=LINES),
        shops={shop.id: Place(shop.partner_id, names[shop.partner_id], shop.name) for shop in await partners.shops(db)},
        program=await rulebooks.program(db),
    )
