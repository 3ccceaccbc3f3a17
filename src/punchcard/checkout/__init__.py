"""The till: a card is scanned, a basket quoted, sold, brought back. A till that asks twice moves points once."""

from .express import Express
from .model import (
    Basket,
    BasketLine,
    BroughtBack,
    CardClosed,
    CardUnknown,
    Counter,
    NoSuchHold,
    NoSuchVoucher,
    NotEnoughPoints,
    PaidWith,
    PointsWorthLess,
    Receipt,
    ReturnTooMuch,
    SaleUnknown,
    TendersShort,
    UnitsBack,
    VoucherElsewhere,
    WrongCurrency,
)
from .operations import quote, sell, take_back
from .routes import routes

__all__ = [
    "Basket",
    "BasketLine",
    "BroughtBack",
    "CardClosed",
    "CardUnknown",
    "Counter",
    "Express",
    "NoSuchHold",
    "NoSuchVoucher",
    "NotEnoughPoints",
    "PaidWith",
    "PointsWorthLess",
    "Receipt",
    "ReturnTooMuch",
    "SaleUnknown",
    "TendersShort",
    "UnitsBack",
    "VoucherElsewhere",
    "WrongCurrency",
    "quote",
    "routes",
    "sell",
    "take_back",
]
