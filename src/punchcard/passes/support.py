"""What a member's card shows right now, in every wallet and on every device, for whoever is asked about it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection

from . import apple, google
from .holders import meant
from .operations import face

GOOGLE_LABELS = ("loyaltyPoints", "secondaryLoyaltyPoints", "textModulesData", "linkedOfferIds", "state")
"""What of a card at Google a member sees and asks about; neither its codes nor its keys."""


class Should(Struct, frozen=True):
    """What the card says as of now, wherever it is up to date. The app shows this at once."""

    points: int
    tier: str
    offer: str
    void: bool


class GoogleShown(Struct, frozen=True):
    """The card at Google, which hands it to every device by itself."""

    object_id: str
    class_id: str
    says: dict[str, Any] | None
    """As Google last took it from us; null when nobody knows, and all is sent next."""
    sent_at: datetime
    held: bool
    """Somebody has it in a wallet, as far as we heard."""
    waits_until: datetime | None
    """When the change that waits is tried; null when none waits."""
    waits_for: str
    """Why it has not gone through yet."""


class CardNow(Struct, frozen=True):
    """A member's card in every wallet. `card_ends` are the last five characters of its code."""

    member_id: UUID
    card_ends: str
    named_card_counts: bool
    """False when the card by which was asked has been replaced."""
    should_say: Should
    apple: apple.AppleShown
    google: GoogleShown | None


async def card_now(db: Connection, who: str, at: Instant) -> CardNow:
    """By a card's code, also a replaced one, or a member's id. NotFound, CardMistyped."""
    named = await meant(db, who)
    shown = await face(db, named.member_id, at)
    line = await google.support_line(db, named.member_id)
    return CardNow(
        member_id=named.member_id,
        card_ends=shown.card_code[-5:],
        named_card_counts=named.counts,
        should_say=Should(shown.points, shown.tier, shown.offer.id if shown.offer else "", not shown.is_open),
        apple=await apple.support_view(db, named.member_id),
        google=at_google(line) if line else None,
    )


def at_google(line: google.Line) -> GoogleShown:
    return GoogleShown(
        object_id=line.object_id,
        class_id=line.class_id,
        says={name: line.sent[name] for name in GOOGLE_LABELS if name in line.sent} if line.sent else None,
        sent_at=moment(line.sent_at),
        held=line.held,
        waits_until=None if line.due_at is None else moment(line.due_at),
        waits_for=line.error or "",
    )
