"""The link to a member's card page, from which the card is added to a wallet. It is signed for the code that the card bears,
so that it ends with it: who holds the link of a card that was replaced gets nothing of the new one."""

from uuid import UUID

from punchcard import members
from punchcard.foundation import tokens
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound
from punchcard.foundation.ids import digest
from punchcard.foundation.settings import Settings

LINK_SECONDS = DAY


async def word(db: Connection, settings: Settings, member_id: UUID, at: Instant) -> str:
    """The signed word for the member's card as it is now, good for a day."""
    code = await members.code_of(db, member_id)
    return tokens.sign_link(settings.secrets, purpose(code), member_id, at + LINK_SECONDS)


async def card_page(db: Connection, settings: Settings, member_id: UUID, at: Instant) -> str:
    """Where the card is shown and added to a wallet."""
    return f"{settings.public_url}/c/{await word(db, settings, member_id, at)}"


async def reader(db: Connection, settings: Settings, link: str, at: Instant) -> UUID:
    """The member whose card the link opens. NotFound when it was never signed for the code that the card bears now,
    LinkEnded after its time."""
    member_id = tokens.named_in(link)
    try:
        code = await members.code_of(db, member_id)
    except NotFound:
        code = ""
    return tokens.read_link(settings.secrets, purpose(code), link, at)


def purpose(card_code: str) -> str:
    return f"card {digest(card_code).hex()}"
