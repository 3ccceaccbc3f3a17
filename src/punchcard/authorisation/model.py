"""How a card was shown, what is to be spent by it, what a member is asked to approve, and why spending is refused."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation.clock import MINUTE, Instant
from punchcard.foundation.errors import Refused

Proof = Literal["static", "rotating", "tap", "app"]
"""How strongly it was shown: a code that whoever saw it may copy, one of this half minute, a tap on the reader; or not
shown at all, because the member is signed in and spends in the app."""
COPIED: frozenset[Proof] = frozenset({"static", "tap"})
"""Whoever saw it once may show it again."""
Why = Literal["", "spending-off", "spend-locked", "code-used", "above-floor", "too-fast", "too-far", "day-limit"]
ApprovalState = Literal["waiting", "approved", "declined", "over", "used"]
ScannedText = Annotated[str, Meta(min_length=1, max_length=200)]
Worth = Annotated[int, Meta(ge=1, le=1_000_000_000, description="Minor units, for example cents.")]

ANSWER_SECONDS = MINUTE
"""So long may a member take to answer."""
GOOD_SECONDS = 5 * MINUTE
"""So long after the yes may the till use it."""


class Shown(Struct, frozen=True):
    """A card as it was shown at a till: what is kept of its code, and the proof; nothing here was asked of the database."""

    code_hash: bytes
    proof: Proof = "static"
    step: int = 0
    """Of a rotating code: which half minute since 1970; it is good once."""
    wrong: bool = False
    """The code is a card's, and eight digits came with it that are not of now: it earns as a static one, and spends nothing."""
    until: Instant = 0
    """Of a session: when it is over, however often it is quoted by; 0 of a code."""


class Spending(Struct, frozen=True):
    """What a sale or hold is about to spend of a member's points, money and rewards, in minor units of worth."""

    member_id: UUID
    shown: Shown
    fact_id: str
    """The sale or hold: whoever asks again for the same is not counted twice."""
    shop_id: str
    till_id: str
    worth: int
    """All of it, what the sale captures from holds included."""
    at: Instant
    holds: tuple[str, ...] = ()
    """The holds that the sale captures: they were authorised when they were made."""
    approval: str = ""
    """The id under which the member said yes in the app."""


class Limits(Struct, frozen=True):
    """What may be spent here as the card was shown: `worth` minor units at most (None: no limit), 0 with a `why`: nothing
    at all, not even a reward that is worth nothing. `why` is the code of the refusal that more would meet, and `needs`
    what would let it pass: an approval (for what a static code may not, a rotating one does too), or nothing."""

    worth: int | None
    needs: Literal["", "approval"] = ""
    why: Why = ""


class SpendingRule(Struct, frozen=True):
    """Whether anybody may spend now, and how much in 24 hours without an approval, in minor units of worth."""

    allowed: bool
    day_limit: int


class Place(Struct, frozen=True):
    """What the programme, the member and the shop say at this moment to somebody who would spend there."""

    allowed: bool
    day_limit: int
    locked: bool
    floor_limit: int
    latitude: float | None
    longitude: float | None
    step_fact: str | None
    """Which sale or hold the rotating code that was shown let spend already."""


class Trace(Struct, frozen=True):
    """A spending that was let through, and where its shop stands."""

    fact_id: str
    at: Instant
    till_id: str
    worth: int
    covered: int
    holds: tuple[str, ...]
    proof: Proof
    approved: bool
    latitude: float | None = None
    longitude: float | None = None


class Guesses(Struct, frozen=True):
    """How many wrong rotating codes of a card were shown since then."""

    wrong: int
    since: Instant


class Approval(Struct, frozen=True):
    """A spending that a till asked a member to approve."""

    approval_id: UUID
    till_id: str
    shop_id: str
    worth: int
    asked_at: Instant
    answered_at: Instant | None = None
    approved: bool | None = None
    fact_id: str | None = None
    total: int | None = None
    """The whole bill, where the till said it."""

    @property
    def until(self) -> Instant:
        """Until when it can be answered, or used."""
        return self.asked_at + ANSWER_SECONDS if self.answered_at is None else self.answered_at + GOOD_SECONDS

    def state(self, at: Instant) -> ApprovalState:
        """What has become of it."""
        if self.approved is False:
            return "declined"
        if self.fact_id is not None:
            return "used"
        if at >= self.until:
            return "over"
        return "approved" if self.approved else "waiting"


class Desk(Struct, frozen=True):
    """A till that asks, its shop and whose it is, by the names that a member knows."""

    till_id: str
    till: str
    shop: str
    partner_id: str


class ApprovalAsked(Struct, frozen=True):
    """A till asks a member to approve a spending."""

    approval: str


class Spent(Struct, frozen=True):
    """A sale or hold was let spend what is a member's."""

    fact: str


class SessionOver(Refused):
    """This session is over or of another till, scan the card again."""

    words = "authorisation"


class RotatingWrong(Refused):
    """This code is not of now."""

    words = "authorisation"


class RotatingLocked(Refused):
    """Too many wrong codes of this card."""

    status = 429
    words = "authorisation"


class ShownElsewhere(Refused):
    """This code was shown at another till."""

    words = "authorisation"


class CodeUsed(Refused):
    """This code has been used for another purchase."""

    words = "authorisation"


class SpendingOff(Refused):
    """Spending is switched off."""

    words = "authorisation"


class SpendLocked(Refused):
    """The member has locked spending."""

    words = "authorisation"


class AboveFloor(Refused):
    """This is more than a code that can be copied may spend."""

    words = "authorisation"


class TooFast(Refused):
    """This card has spent too often in a few minutes."""

    words = "authorisation"


class TooFar(Refused):
    """This card has just spent in a place too far away."""

    words = "authorisation"


class DayLimit(Refused):
    """This is more than may be spent in a day."""

    words = "authorisation"


class ApprovalUnknown(Refused):
    """There is no such approval for this card at this till."""

    status = 404
    words = "authorisation"


class ApprovalWaiting(Refused):
    """The member has not answered yet."""

    words = "authorisation"


class ApprovalDeclined(Refused):
    """The member said no."""

    words = "authorisation"


class ApprovalOver(Refused):
    """The time of this approval is over."""

    words = "authorisation"


class ApprovalUsed(Refused):
    """This approval has been used for another purchase."""

    words = "authorisation"


class ApprovalTooSmall(Refused):
    """This is more than the member approved."""

    words = "authorisation"


class ApprovalOpen(Refused):
    """This till is waiting for another answer of this member."""

    words = "authorisation"


class HolderUnknown(Refused):
    """Nobody uses this card."""

    status = 404
    words = "authorisation"


REFUSALS: dict[str, type[Refused]] = {
    kind().code: kind for kind in (SpendingOff, SpendLocked, CodeUsed, AboveFloor, TooFast, TooFar, DayLimit)
}
"""The refusal for each `why`."""
