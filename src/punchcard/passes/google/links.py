"""The link that saves cards to Google Wallet. It names them and says nothing else: no secret and no name in a URL."""

from collections.abc import Sequence

from msgspec import Struct

from punchcard.foundation.google_auth import service_account
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.foundation.settings import Settings

SAVE = "https://pay.google.com/gp/v/save/"
LINK_CHARACTERS_MAX = 1800
"""Beyond it browsers and phones cut links off."""


class Card(Struct, frozen=True):
    """Where a member's card stands at Google."""

    object_id: str
    class_id: str


async def save_address(world: World, cards: Sequence[Card], origins: Sequence[str]) -> str | Answer:
    """The address that saves these cards: the link itself, or where it is too long, a short one that Google keeps for it.
    Or the answer that stopped us."""
    token = save_token(world.settings, cards, origins)
    if len(SAVE) + len(token) < LINK_CHARACTERS_MAX:
        return SAVE + token
    answer = await world.google.call("POST", "jwt", {"jwt": token})
    if answer.outcome is not Outcome.SENT:
        return answer
    return str(answer.body["saveUri"])


def save_token(settings: Settings, cards: Sequence[Card], origins: Sequence[str]) -> str:
    """`origins`: the sites that show Google's button."""
    assert settings.google_service_account
    claims = {
        "aud": "google",
        "typ": "savetowallet",
        "origins": list(origins),
        "payload": {"loyaltyObjects": [{"id": each.object_id, "classId": each.class_id} for each in cards]},
    }
    return service_account(settings.google_service_account).sign(claims)
