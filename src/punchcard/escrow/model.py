"""What a spend token says."""

from msgspec import Struct

from punchcard.foundation.clock import Instant


class Escrowed(Struct, frozen=True):
    """Points that were set aside for one shop: the hold that covers them, what they pay, and until when a till may take them."""

    hold: str
    card: bytes
    """What is kept of the card's code."""
    shop: str
    points: int
    currency: str
    worth: int
    """Minor units."""
    until: Instant
