"""What a till asks, and where it is served."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Database
from punchcard.foundation.money import Currency
from punchcard.partners import Till

LINES_MAX, UNITS_MAX, CENTS_MAX, POINTS_MAX = 500, 1_000_000, 10_000_000_00, 1_000_000_000
PRINTED = r"^[^\x00-\x1f\x7f-\x9f]*(?![\s\S])"
OFFERS_MAX = 16
CLAIM_SECONDS = 14 * DAY

Printed = Annotated[str, Meta(max_length=64, pattern=PRINTED)]
Named = Annotated[str, Meta(min_length=1, max_length=64, pattern=PRINTED)]
Card = Annotated[str, Meta(max_length=200, pattern=PRINTED)]
Units = Annotated[int, Meta(ge=1, le=UNITS_MAX)]
Cents = Annotated[int, Meta(ge=0, le=CENTS_MAX, description="Minor units, for example cents.")]
Points = Annotated[int, Meta(ge=0, le=POINTS_MAX)]
Token = Annotated[str, Meta(min_length=1, max_length=512, pattern=PRINTED)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?![\s\S])")]
Moment = Annotated[datetime, Meta(tz=True)]
Channel = Literal["shop", "web", "app", "phone"]
"""What is unset, here and below, is no part of what makes two requests the same, so that a till that knows nothing of it
is answered as ever."""


class BasketLine(Struct, frozen=True, forbid_unknown_fields=True):
    """What was bought: `amount` is what the whole line costs after every discount."""

    sku: Named
    category: Named
    quantity: Units
    amount: Cents
    brand: Printed = ""
    discount: Cents | UnsetType = UNSET
    """What was taken off the line; the receipt repeats it, nothing is reckoned from it."""


class PaidWith(Struct, frozen=True, forbid_unknown_fields=True):
    """What was paid with: cash, card, … or `points` or `voucher`, of which `amount` is the worth."""

    kind: Named
    amount: Cents
    points: Points = 0
    """Only of a currency of ours; reckoned from the amount if left out."""
    currency: Printed = ""
    """Which of ours; the kind `points` means the one that the card shows."""
    hold: Printed = ""
    """The hold that this captures; what it does not take is free again."""
    keep: bool | UnsetType = UNSET
    """The hold goes on with what is left of it: the rest of the order follows in another sale."""
    voucher: UUID | UnsetType = UNSET
    """Of the kind `voucher`: the claimed reward that is used up; it pays at most the discount that it is."""
    token: Token | UnsetType = UNSET
    """A spend token, of points that were set aside for this shop."""


class Basket(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A card was scanned, and this is in the basket."""

    card: Card
    """What was scanned or typed, or the session of a quote at this till. Empty: a guest, who may claim the receipt later."""
    lines: Annotated[tuple[BasketLine, ...], Meta(min_length=1, max_length=LINES_MAX)]
    tenders: Annotated[tuple[PaidWith, ...], Meta(max_length=16)] = ()
    """Empty: paid with money."""
    vouchers: Annotated[tuple[UUID, ...], Meta(max_length=20)] = ()
    """Claimed rewards that are used up."""
    holds: Annotated[tuple[UUID, ...], Meta(max_length=20)] | UnsetType = UNSET
    """The holds of vouchers that this sale captures; what of them it does not use is free again."""
    at: Moment | None = None
    """When it happened, by the till's clock; never later than ours. Empty: now, and so is what spends points or vouchers."""
    cashier: Named
    """Who stands at the till."""
    receipt_number: Printed = ""
    """As the till printed it: with shop, till and local day it is this sale's for ever."""
    currency: Currency | None = None
    channel: Channel | UnsetType = UNSET
    """How it was sold; left out: in the shop."""
    approval: Printed | UnsetType = UNSET
    """Under which id the member approved the spending in the app."""
    offers: Annotated[dict[Named, Cents], Meta(max_length=OFFERS_MAX)] | UnsetType = UNSET
    """How many minor units the offers that lower the price have taken off, by their id. The lines are less by it already, and
    `discount` says of which."""


class UnitsBack(Struct, frozen=True, forbid_unknown_fields=True):
    """How many units of which line came back; lines count from 0."""

    line: Annotated[int, Meta(ge=0, lt=LINES_MAX)]
    quantity: Units


class BroughtBack(Struct, frozen=True, forbid_unknown_fields=True):
    """Goods come back, and points that had paid for them."""

    quantities: Annotated[tuple[UnitsBack, ...], Meta(max_length=LINES_MAX)] = ()
    points: Points = 0
    """Of the currency that the card shows."""
    at: Moment | None = None
    cashier: Printed = ""
    receipt_number: Printed = ""
    refunds: Annotated[dict[Named, Points], Meta(max_length=16)] | UnsetType = UNSET
    """Of any currency of ours that had paid, by its id; stored value, too."""


class Voided(Struct, frozen=True, forbid_unknown_fields=True):
    """All that is left of a sale comes back, because it should not have been."""

    cashier: Named
    reason: Annotated[str, Meta(min_length=1, max_length=200, pattern=PRINTED)]
    at: Moment | None = None
    """When, by the clock of a till that was without a network; else it is now."""


class ReceiptClaim(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands on a receipt that was printed without a card."""

    shop: Named
    day: Day
    """As the shop's calendar has it: YYYY-MM-DD."""
    number: Named
    total: Cents


class Counter(Struct, frozen=True):
    """Where a till's request is served: who asks, when, and what it is kept in. One thing to ask the door for."""

    database: Database
    till: Till
    at: Instant
    late_seconds: int
    """What happened longer ago is settled as of today."""
    secrets: tuple[str, ...]
    claim_seconds: int = CLAIM_SECONDS
    """So long may a guest's receipt be claimed."""
    language: str = ""
    """What the till reads, where it says so: a quote stands on its screen. A receipt is the member's, in theirs."""
    offline: bool = False
    """It has happened already, without a network: what may not be spent is the shop's loss, and no refusal."""
