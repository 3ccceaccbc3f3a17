"""Set points aside for a shop without a network, and know the token again."""

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import NotFound

from .model import Escrowed


def opened(secrets: tuple[str, ...], token: str, shop: str, taken_at: Instant) -> Escrowed:
    """What the token says, if we signed it for this shop and the till took it in time; raises TokenNotGood."""
    raise NotFound
