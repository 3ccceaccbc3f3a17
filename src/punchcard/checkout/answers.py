"""What a till is answered."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from punchcard.foundation.money import Money
from punchcard.journal import Titled, Why


class LineDiscount(Struct, frozen=True):
    """What was taken off a line (they count from 0), in minor units."""

    line: int
    amount: int


class TakenOffer(Struct, frozen=True):
    """An offer that lowered the price, by so many minor units."""

    id: str
    name: str
    amount: int


class Receipt(Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    paid: dict[str, int] | UnsetType = UNSET
    """What paid of our currencies besides the one that the card shows; below zero where it came back. Left out where none
    did, and so is what follows."""
    discounts: list[LineDiscount] | UnsetType = UNSET
    """As the till took them off the lines."""
    offers: list[TakenOffer] | UnsetType = UNSET
    """Those among them that are offers of ours, in the member's language."""
    shortfall: int = 0
    """What a till gave away without a network that nothing covers, in minor units: the shop's loss."""
    reason: str = ""
    """Why a sale was made void."""


class GuestReceipt(Struct, frozen=True, kw_only=True):
    """A basket without a card is kept, and may be claimed by what is printed on its receipt."""

    id: str
    at: datetime
    shop: str
    day: str
    number: str
    total: int
    would_earn: int
    """Points that it gives to somebody who is new."""
    claim_until: datetime
    voided: bool = False


class Scanned(Struct, frozen=True):
    """Whom the till serves: the first name and the tier, no more."""

    name: str
    tier: Titled


class UsableVoucher(Struct, frozen=True):
    """A claimed reward that could be used up here; `amount` is the discount in minor units, 0 for a thing. The member may
    show `id` as a barcode or say `code`."""

    id: str
    code: str
    reward: str
    name: str
    kind: str
    amount: int
    until: datetime | None


class UnusableVoucher(Struct, frozen=True):
    """A claimed reward that cannot be used up here: it is for another shop, or set aside for another sale."""

    id: str
    reward: str
    name: str
    why: Literal["elsewhere", "held"]
    detail: str


class AppliedOffer(Struct, frozen=True, omit_defaults=True):
    """An offer that applies by itself, and what it gives: points, or minor units off these lines. Or one that the member has
    and that gives nothing here, with why: `state`, and the same as a sentence."""

    id: str
    name: str
    points: int
    amount: int = 0
    lines: list[LineDiscount] = []
    state: Literal["applies", "sold-out", "limit", "needs-activation"] = "applies"
    detail: str = ""


class MaySpend(Struct, frozen=True, kw_only=True):
    """How much of what the card shows may pay for this basket, shown as it was."""

    points: int
    worth: Money
    needs: str
    """`approval`: for more, the member approves in the app or shows a rotating code. Empty: there is no more to be had so."""
    why: str
    """What holds back the rest: a code; empty if nothing does."""
    detail: str
    """The same as a sentence in the caller's language."""


class Quote(Struct, frozen=True, kw_only=True):
    """What this basket would earn and what could be spent. Nothing is kept."""

    member: Scanned
    session: str
    """Stands for the card as it was shown, at this till, for a quarter of an hour."""
    earns: int
    spends: int
    balance: int
    """What the card holds now."""
    balance_after: int
    worth: Money
    """What the points of now are worth here."""
    may_spend: MaySpend
    vouchers: list[UsableVoucher]
    unusable: list[UnusableVoucher]
    offers: list[AppliedOffer]
    reasons: list[Why]


class SoldLine(Struct, frozen=True, kw_only=True):
    """A line of it: `amount` is what the whole line cost, `returned` how many units have come back."""

    line: int
    sku: str
    name: str | UnsetType = UNSET
    """In the caller's language, where the partner lists it among its products."""
    category: str
    quantity: int
    returned: int
    amount: int
    discount: int


class SoldTender(Struct, frozen=True):
    """What paid: `amount` in minor units; of a currency of ours (else empty) so many `points`."""

    kind: str
    amount: int
    points: int
    currency: str


class SoldSale(Struct, frozen=True, kw_only=True):
    """A sale of this partner as it stands now."""

    id: str
    at: datetime
    shop: str
    shop_name: str
    receipt_number: str
    """As it is compared; empty where the till printed none."""
    cashier: str
    total: int
    member: str | None
    """The first name; nobody's where it was sold without a card that is known."""
    lines: list[SoldLine]
    tenders: list[SoldTender]
    """Empty: paid with money."""
    refundable: dict[str, int]
    """How much of our currencies has paid and not come back, by currency."""
    voided: bool
    void_until: datetime
    """Until then all that is left may be made void."""
    returnable: bool
    """Whether goods or points of it can still be taken back by a return."""
    detail: str
    """Why not, as a sentence in the caller's language; else empty."""
