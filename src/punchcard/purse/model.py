"""Money that comes onto a card or is set aside, and why it may be refused."""

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS = 20
"""A gift card's code: 100 bits of chance."""
LOOKALIKES = str.maketrans("OIL", "011", " -")


class GiftCard(Struct, frozen=True):
    """What a gift card is worth, and before when it must be redeemed."""

    amount: int
    currency: str
    until: Instant | None


class Held(Struct, frozen=True, kw_only=True):
    """What is set aside, until when, and what is left of the currency; of a voucher no points. A sale captures points by a
    tender that names the id, a voucher by naming both among its vouchers and holds."""

    id: str
    points: int
    currency: str
    voucher: str
    until: datetime
    balance: int


class Issued(Struct, frozen=True):
    """The codes of a batch."""

    batch: UUID
    codes: list[str]


class Loaded(Struct, frozen=True, kw_only=True):
    """What came onto the card, and what it holds now."""

    id: str
    amount: int
    currency: str
    balance: int


class NoSuchCard(Refused):
    """Nobody has this card, or it is not in use."""

    status = 404
    words = "purse"


class NotEnough(Refused):
    """The card does not hold that much."""

    words = "purse"


class NoSuchVoucher(Refused):
    """This reward is not there to be set aside."""

    words = "purse"


class VoucherElsewhere(Refused):
    """This reward is for other shops."""

    words = "purse"


class VoucherHeld(Refused):
    """This reward is set aside for another sale."""

    words = "purse"


class NotMoney(Refused):
    """Only money is loaded."""

    words = "purse"


class GiftCardUnknown(Refused):
    """There is no such gift card."""

    status = 404
    words = "purse"


class GiftCardUsed(Refused):
    """This gift card was redeemed already."""

    words = "purse"


class GiftCardOver(Refused):
    """This gift card had to be redeemed before."""

    words = "purse"


class BatchIssued(Refused):
    """The codes of this batch were shown already, and the secret that they followed from is gone."""

    words = "purse"


def code_of(key: bytes, batch: UUID, number: int) -> str:
    """The code of one card of a batch: nobody guesses it without the key. In groups of four."""
    chance = int.from_bytes(hmac.digest(key, batch.bytes + number.to_bytes(4), "sha256"))
    code = "".join(ALPHABET[chance >> 5 * place & 31] for place in range(CHARACTERS))
    return "-".join(code[start : start + 4] for start in range(0, CHARACTERS, 4))


def hashed(code: str) -> bytes:
    """What is kept of a gift card's code, however it was typed."""
    plain = code.upper().translate(LOOKALIKES)
    return hashlib.sha256(b"gift card " + plain.encode()).digest()
