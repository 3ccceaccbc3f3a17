"""The till: a card is scanned, a basket quoted, sold, brought back. A till that asks twice moves points once."""

from .model import (
    CardClosed,
    CardUnknown,
    Counter,
    NoSuchHold,
    NoSuchVoucher,
    NotEnoughPoints,
    PointsWorthLess,
    ReturnTooMuch,
    SaleUnknown,
    TendersShort,
    VoucherElsewhere,
    WrongCurrency,
)
from .operations import quote, sell, take_back
from .routes import routes

__all__ = [
    "CardClosed",
    "CardUnknown",
    "Counter",
    "NoSuchHold",
    "NoSuchVoucher",
    "NotEnoughPoints",
    "PointsWorthLess",
    "ReturnTooMuch",
    "SaleUnknown",
    "TendersShort",
    "VoucherElsewhere",
    "WrongCurrency",
    "quote",
    "routes",
    "sell",
    "take_back",
]
