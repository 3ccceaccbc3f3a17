"""Passes beside the card: what was claimed and waits to be used, and the admission to a tier that one is invited to.

A ticket has a subject, which names it for good: `claim:<uuid>` is a claimed reward (a thing or a discount is a coupon, an
experience an event ticket; a donation leaves nothing to show), `club:<tier>` the admission pass of a tier that nobody
climbs into. Nobody is invited to an offer: who is in its audience has it on the card. A ticket adds no right: the till
takes the claim from the member's own standing and admits by the tier that it finds there, so that a copy, a second phone
or somebody else's hand makes nothing twice."""

from uuid import UUID

from punchcard import journal, members, rewards, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.programme import Program, Standing, Tier, tiers_of
from punchcard.rewards import Claim

from . import texts
from .model import Ticket

CLAIM, CLUB = "claim:", "club:"


async def of(db: Connection, member_id: UUID, subject: str, at: Instant) -> Ticket | None:
    """The member's ticket of this subject, be it used or ended; None where there is none and never was."""
    if subject.startswith(CLAIM):
        return await claimed(db, member_id, subject.removeprefix(CLAIM), at)
    if not subject.startswith(CLUB):
        return None
    standing, program = await journal.standing(db, member_id, at), await rulebooks.program(db)
    return admission(await members.code_of(db, member_id), subject.removeprefix(CLUB), standing, program)


async def remains(db: Connection, member_id: UUID, subject: str, at: Instant) -> Ticket | None:
    """What a void pass still says of its ticket: what it was, without a code, since a pass keeps its kind for life. None for
    the card."""
    if not subject:
        return None
    was = await of(db, member_id, subject, at)
    kind = was.kind if was else "coupon" if subject.startswith(CLAIM) else "eventTicket"
    return Ticket(subject=subject, id="", kind=kind, title=was.title if was else {}, code="", state="ended")


async def held(db: Connection, member_id: UUID, at: Instant) -> list[Ticket]:
    """What the member can show now: invitations first, then claims, the newest first."""
    standing, program = await journal.standing(db, member_id, at), await rulebooks.program(db)
    code = await members.code_of(db, member_id)
    clubs = [admission(code, tier.id, standing, program) for tier in invitations(standing, program)]
    claims = await rewards.claims(db, member_id, at) if standing.vouchers else []
    found = [*clubs, *(of_claim(claim) for claim in claims)]
    return [ticket for ticket in found if ticket and ticket.state == "active"]


async def claimed(db: Connection, member_id: UUID, id: str, at: Instant) -> Ticket | None:
    try:
        claim = await rewards.claimed_as(db, member_id, UUID(id), at)
    except ValueError:
        return None
    return of_claim(claim) if claim else None


def of_claim(claim: Claim) -> Ticket | None:
    """A claimed reward as a pass; a donation is none."""
    if claim.kind == "donation":
        return None
    return Ticket(
        subject=CLAIM + claim.id,
        id=claim.id,
        kind="eventTicket" if claim.kind == "experience" else "coupon",
        title=claim.name,
        text=claim.text,
        code=claim.code,
        until=claim.until or 0,
        state=claim.state if claim.state in ("active", "used") else "ended",
        partner=claim.partner,
    )


def admission(code: str, tier_id: str, standing: Standing, program: Program) -> Ticket | None:
    """The admission pass of an invited tier: its code is the card's, by which the till sees the tier. It has ended when the
    member is in the tier no more. None for a tier that everybody may climb into."""
    stairs = next((each for each in program.era(standing.at).stairs if tier_id in each.index), None)
    if stairs is None or not (tier := stairs.tiers[stairs.index[tier_id]]).invited:
        return None
    rung, is_in = standing.rungs.get(stairs.id), tier in invitations(standing, program)
    return Ticket(
        subject=CLUB + tier_id,
        id=code,
        kind="eventTicket",
        title=tier.name,
        text=texts.words("admits", tier=tier.name),
        code="-".join(code[i : i + 4] for i in range(0, len(code), 4)),
        until=rung.placed_until if rung and is_in else 0,
        state="active" if is_in else "ended",
    )


def invitations(standing: Standing, program: Program) -> list[Tier]:
    """The invited tiers that the member is in, on whatever ladder."""
    stairs = program.era(standing.at).stairs
    held = [each.tiers[index] for each, index in zip(stairs, tiers_of(standing, program), strict=True)]
    return [tier for tier in held if tier.invited]
