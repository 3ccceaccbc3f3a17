"""What points can be spent on, and what was claimed."""

import hashlib
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.errors import Refused
from punchcard.programme import NEVER, Places, Reward, Spend, Standing, balance

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's alphabet: no letter that looks like another."""
CODE_LETTERS = 8
State = Literal["active", "used", "lapsed", "handed-back"]


class Priced(Struct, frozen=True, kw_only=True):
    """A reward as this member meets it: what it costs, and what is still missing."""

    id: str
    name: dict[str, str]
    text: dict[str, str]
    art: str
    points: int
    kind: Literal["item", "discount", "experience", "donation"]
    amount: int
    """A discount, in minor units."""
    affordable: bool
    missing: int
    until: Instant | None
    """No longer given from then on; None: no end is known."""
    days: int
    """How long its voucher can be used; 0 is for ever."""
    places: Places


class Kept(Struct, frozen=True, kw_only=True):
    """A claim as the journal has it."""

    id: str
    reward: str
    points: int
    claimed_at: Instant
    until: Instant
    """0 is never."""
    used_at: Instant | None
    handed_back: bool


class Claim(Struct, frozen=True, kw_only=True):
    """A claimed reward. Its code is what the till reads or types."""

    id: str
    reward: str
    name: dict[str, str]
    points: int
    state: State
    code: str
    claimed_at: Instant
    until: Instant | None
    """Not used by then, the points come back; None: it waits for ever."""
    kind: Literal["item", "discount", "experience", "donation"] = "item"
    text: dict[str, str] = {}
    partner: str = ""
    """Where it is used, when it is one partner's; empty where it may be used at several."""


class ClaimView(Struct, frozen=True):
    """A claimed reward. The till reads `scan`, beside the card, or finds `code` in its quote; not used until `until`, the
    points come back."""

    id: str
    reward: str
    name: str
    points: int
    state: State
    code: str
    claimed_at: datetime
    until: datetime | None
    kind: Literal["item", "discount", "experience", "donation"]
    partner_id: str
    """Where it is used; empty where it may be used at several."""
    scan: str
    """What the code on a screen holds, as on its pass in a wallet."""


class NotEnoughPoints(Refused):
    """There are not enough points for this reward."""

    words = "rewards"


class RewardEnded(Refused):
    """This reward is no longer given."""

    words = "rewards"


class SoldOut(Refused):
    """None of this reward is left."""

    words = "rewards"


class ClaimUsed(Refused):
    """This reward was used already."""

    words = "rewards"


class ClaimHeld(Refused):
    """This reward is set aside for a sale at a till."""

    words = "rewards"


class ClaimLapsed(Refused):
    """This reward was not used in time."""

    words = "rewards"


def priced(reward: Reward, standing: Standing) -> Priced:
    missing = max(0, reward.points - balance(standing, reward.currency))
    return Priced(
        id=reward.id,
        name=reward.name,
        text=reward.text,
        art=reward.art,
        points=reward.points,
        kind=reward.kind,
        amount=reward.amount,
        affordable=not missing,
        missing=missing,
        until=reward.end if reward.end < NEVER else None,
        days=reward.voucher_days,
        places=reward.places,
    )


def partner_of(places: Places) -> str:
    """Whose it is, when it is one partner's; empty where it may be used at several."""
    return next(iter(places.partners)) if len(places.partners) == 1 else ""


def spend_on(reward: Reward, claim_id: UUID, at: Instant) -> Spend:
    """The fact of claiming it; the voucher lives so many days of 24 hours."""
    until = at + reward.voucher_days * DAY if reward.voucher_days else 0
    return Spend(id=str(claim_id), at=at, points=reward.points, reward=reward.id, currency=reward.currency, until=until)


def check(reward: Reward, before: Standing, at: Instant, early: bool = False) -> None:
    """Refuse what is not given yet or no longer, and what the member cannot pay. `early`: they may have it before it begins."""
    if not reward.holds(at) and not (early and at < reward.since):
        raise RewardEnded(reward=reward.id)
    if (held := balance(before, reward.currency)) < reward.points:
        raise NotEnoughPoints(balance=held, price=reward.points)


def state_of(kept: Kept, standing: Standing) -> State:
    if kept.id in standing.vouchers:
        return "active"
    if kept.handed_back:
        return "handed-back"
    return "used" if kept.used_at is not None else "lapsed"


def viewed(claim: Claim, language: str) -> ClaimView:
    return ClaimView(
        id=claim.id,
        reward=claim.reward,
        name=locale.of(claim.name, language),
        points=claim.points,
        state=claim.state,
        code=claim.code,
        claimed_at=moment(claim.claimed_at),
        until=moment(claim.until) if claim.until is not None else None,
        kind=claim.kind,
        partner_id=claim.partner,
        scan=claim.id,
    )


def code_of(claim_id: str) -> str:
    """The short form of a claim's id, for example 7QK4-M2XB; one member's few claims differ in it."""
    number = int.from_bytes(hashlib.sha256(claim_id.encode()).digest()[:5])
    letters = "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(CODE_LETTERS)))
    return f"{letters[:4]}-{letters[4:]}"


def handing_back(claim_id: UUID) -> str:
    """The id of the fact that hands this claim back: the same however often one asks, and after the claim's own in the
    order of one second."""
    return f"{claim_id}/back"
