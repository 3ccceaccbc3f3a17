"""A card that leaked is made void and given anew in one step: another code, another pass, the same member and balance.

Code, passes and what must follow change in one transaction. What hung on the old code ends with it: what a till quoted by it,
what it asked the member to approve, the links to the card page and to why the points are as they are."""

import logging
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from punchcard import members
from punchcard.foundation.clock import MINUTE, Instant, moment
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound
from punchcard.foundation.settings import Settings

from . import apple, links
from .holders import meant

log = logging.getLogger("punchcard.passes")

ASKED_AGAIN_SECONDS = 10 * MINUTE
"""By the member's id, which names no certain card: so soon after, it is the same wish asked again."""


class Voided(Struct, frozen=True):
    """The card that was named counts no more. `card_page` is where the member adds the new one to a wallet: good for a day,
    for the member alone."""

    member_id: UUID
    replaced_at: datetime
    was_void: bool
    """It had been replaced before; nothing was done now."""
    card_page: str


async def void(db: Connection, settings: Settings, who: str, because: str, at: Instant) -> Voided:
    """Make the member's card and passes void and give them anew. By a card's code asking twice does it once: the code that
    was replaced names its own replacement. Frozen members keep what they have until they return, void as it shows."""
    member_id = (await meant(db, who)).member_id
    await members.hold(db, member_id)
    named = await meant(db, who)
    if (await members.member(db, member_id)).state == "erased":
        raise NotFound
    replaced_at = await members.last_replaced(db, member_id)
    was_void = not named.counts or (named.by_id and replaced_at > 0 and at < replaced_at + ASKED_AGAIN_SECONDS)
    if not was_void:
        await members.replace_card(db, member_id, because, at)
        await apple.void(db, member_id, at)
        replaced_at = at
        log.warning("the card of member %s was made void and given anew: %r", member_id, because)
    page = await links.card_page(db, settings, member_id, at)
    return Voided(member_id, moment(replaced_at), was_void, page)
