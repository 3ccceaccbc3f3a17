"""The link on the back of a card to why its points are as they are. It opens a page that only tells; it is good for long,
since it lives on a card, and ends with the card's code: whoever's card was replaced has an old card that says nothing."""

from datetime import UTC, datetime
from uuid import UUID

from punchcard import members
from punchcard.foundation import tokens
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound
from punchcard.foundation.ids import digest
from punchcard.foundation.settings import Settings


def address(settings: Settings, member_id: UUID, card_code: str, at: Instant) -> str:
    """Signed until the end of next year, so that a card says the same until then."""
    until = int(datetime(moment(at).year + 2, 1, 1, tzinfo=UTC).timestamp())
    return f"{settings.public_url}/c/{tokens.sign_link(settings.secrets, purpose(card_code), member_id, until)}/why"


async def reader(db: Connection, settings: Settings, link: str, at: Instant) -> UUID:
    """The member whose movements the link may tell. NotFound unless it was signed for the code that the member's card
    bears now, LinkEnded after its time or when the member's card is closed."""
    member_id = tokens.named_in(link)
    member = await members.member(db, member_id)
    if tokens.read_link(settings.secrets, purpose(await members.code_of(db, member_id)), link, at) != member_id:
        raise NotFound
    if member.state != "active":
        raise tokens.LinkEnded
    return member_id


def purpose(card_code: str) -> str:
    return f"why {digest(card_code).hex()}"
