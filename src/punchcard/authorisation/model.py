"""How a card was shown, and what is to be spent by it."""

from typing import Literal
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant

Proof = Literal["static", "rotating", "tap"]
"""How strongly it was shown: a code that whoever saw it may copy, one of this half minute, a tap on the reader."""


class Shown(Struct, frozen=True):
    """A card as it was shown at a till: what is kept of its code, and the proof; nothing here was asked of the database."""

    code_hash: bytes
    proof: Proof = "static"
    step: int = 0
    """Of a rotating code: which half minute since 1970; it is good once."""


class Spending(Struct, frozen=True):
    """What a sale or hold is about to spend of a member's points, money and rewards, in minor units of worth."""

    member_id: UUID
    shown: Shown
    fact_id: str
    """The sale or hold: whoever asks again for the same is not counted twice."""
    shop_id: str
    till_id: str
    worth: int
    at: Instant
    holds: tuple[str, ...] = ()
    """The holds that the sale captures: they were authorised when they were made."""
    approval: str = ""
    """The id under which the member said yes in the app."""


class Limits(Struct, frozen=True):
    """What may be spent here as the card was shown: `worth` minor units at most (None: no limit by the proof), and what
    more would need: nothing, an approval or a rotating code; or that nothing may be spent, with why."""

    worth: int | None
    needs: Literal["", "approval"] = ""
    why: str = ""
