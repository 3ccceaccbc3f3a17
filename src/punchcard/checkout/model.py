"""What a till asks and is answered, and why it may be refused."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.money import Currency, Money
from punchcard.journal import Titled, Why
from punchcard.partners import Till

LINES_MAX, UNITS_MAX, CENTS_MAX, POINTS_MAX = 500, 1_000_000, 10_000_000_00, 1_000_000_000
PRINTED = r"^[^\x00-\x1f\x7f-\x9f]*(?![\s\S])"

Printed = Annotated[str, Meta(max_length=64, pattern=PRINTED)]
Named = Annotated[str, Meta(min_length=1, max_length=64, pattern=PRINTED)]
Units = Annotated[int, Meta(ge=1, le=UNITS_MAX)]
Cents = Annotated[int, Meta(ge=0, le=CENTS_MAX, description="Minor units, for example cents.")]
Points = Annotated[int, Meta(ge=0, le=POINTS_MAX)]
Moment = Annotated[datetime, Meta(tz=True)]
Channel = Literal["shop", "web", "app", "phone"]


class BasketLine(Struct, frozen=True, forbid_unknown_fields=True):
    """What was bought: `amount` is what the whole line costs after every discount."""

    sku: Named
    category: Named
    quantity: Units
    amount: Cents
    brand: Printed = ""


class PaidWith(Struct, frozen=True, forbid_unknown_fields=True):
    """What was paid with: cash, card, … or `points`, of which `amount` is the worth."""

    kind: Named
    amount: Cents
    points: Points = 0
    """Only of a currency of ours; reckoned from the amount if left out."""
    currency: Printed = ""
    """Which of ours; the kind `points` means the one that the card shows."""
    hold: Printed = ""
    """The hold that this captures."""


class Basket(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A card was scanned, and this is in the basket."""

    card: Named
    lines: Annotated[tuple[BasketLine, ...], Meta(min_length=1, max_length=LINES_MAX)]
    tenders: Annotated[tuple[PaidWith, ...], Meta(max_length=16)] = ()
    """Empty: paid with money."""
    vouchers: Annotated[tuple[UUID, ...], Meta(max_length=20)] = ()
    """Claimed rewards that are used up."""
    at: Moment | None = None
    """When it happened, by the till's clock; never later than ours. Empty: now, and so is what spends points or vouchers."""
    cashier: Named
    """Who stands at the till."""
    receipt_number: Printed = ""
    """As the till printed it: with shop, till and local day it is this sale's for ever."""
    currency: Currency | None = None
    channel: Channel | UnsetType = UNSET
    """How it was sold; left out: in the shop. Unset is no part of what makes two requests the same, so that a till that
    knows no channels is answered as ever."""


class UnitsBack(Struct, frozen=True, forbid_unknown_fields=True):
    """How many units of which line came back; lines count from 0."""

    line: Annotated[int, Meta(ge=0, lt=LINES_MAX)]
    quantity: Units


class BroughtBack(Struct, frozen=True, forbid_unknown_fields=True):
    """Goods come back, and points that had paid for them."""

    quantities: Annotated[tuple[UnitsBack, ...], Meta(max_length=LINES_MAX)] = ()
    points: Points = 0
    at: Moment | None = None
    cashier: Printed = ""
    receipt_number: Printed = ""


class Counter(Struct, frozen=True):
    """Where a till's request is served: who asks, when, and what it is kept in. One thing to ask the door for."""

    database: Database
    till: Till
    at: Instant
    late_seconds: int
    """What happened longer ago is settled as of today."""
    secrets: tuple[str, ...]


class Receipt(Struct, frozen=True, kw_only=True):
    """What a sale or a return did. It is kept, and answered byte for byte to whoever asks again."""

    id: str
    sale: str
    """The sale itself, or the one that came back."""
    at: datetime
    shop: str
    earned: int
    """Points (or whatever a card shows) earned, the ones that begin later included; below zero where a return takes them back."""
    spent: int
    """Points paid with; below zero where a return gives them back."""
    balance: int
    """What the card holds now."""
    pending: int
    """What begins later."""
    tier: Titled
    tier_reached: Titled | None
    challenges_completed: list[Titled]
    vouchers_used: list[str]
    reasons: list[Why]
    """Every promise that had a say, whether it applied or not, in the member's language."""


class Scanned(Struct, frozen=True):
    """Whom the till serves: the first name and the tier, no more."""

    name: str
    tier: Titled


class UsableVoucher(Struct, frozen=True):
    """A claimed reward that could be used up here; `amount` is the discount in minor units, 0 for a thing."""

    id: str
    reward: str
    name: str
    kind: str
    amount: int
    until: datetime | None


class AppliedOffer(Struct, frozen=True):
    """An offer that applies by itself, and what it gives."""

    id: str
    name: str
    points: int


class Quote(Struct, frozen=True, kw_only=True):
    """What this basket would earn and what could be spent. Nothing is kept."""

    member: Scanned
    earns: int
    spends: int
    balance: int
    """What the card holds now."""
    balance_after: int
    worth: Money
    """What the points of now are worth here."""
    vouchers: list[UsableVoucher]
    offers: list[AppliedOffer]
    reasons: list[Why]


class CardUnknown(Refused):
    """Nobody has this card."""

    status = 404
    words = "checkout"


class CardClosed(Refused):
    """This card is not in use."""

    words = "checkout"


class SaleUnknown(Refused):
    """There is no such sale of yours."""

    status = 404
    words = "checkout"


class NotEnoughPoints(Refused):
    """The card does not hold that many points."""

    words = "checkout"


class PointsWorthLess(Refused):
    """Points are worth less than that."""

    words = "checkout"


class TendersShort(Refused):
    """What was paid does not cover the basket."""

    words = "checkout"


class WrongCurrency(Refused):
    """The programme reckons in another currency."""

    words = "checkout"


class NoSuchHold(Refused):
    """This card has no such hold."""

    words = "checkout"


class NoSuchVoucher(Refused):
    """This card has no such reward to use."""

    words = "checkout"


class VoucherElsewhere(Refused):
    """This reward is for another shop."""

    words = "checkout"


class ReturnTooMuch(Refused):
    """More comes back than is left of the sale."""

    words = "checkout"
