"""The till: a card is scanned, a basket quoted, sold, brought back, made void, and claimed by a guest. A till that asks twice
moves points once."""

from .answers import GuestReceipt, Quote, Receipt
from .desk import routes as desk_routes
from .express import Express
from .model import Basket, BasketLine, BroughtBack, Counter, Moment, PaidWith, UnitsBack, Voided
from .operations import quote, sell, take_back
from .refusals import (
    CardClosed,
    CardUnknown,
    HoldElsewhere,
    HoldLess,
    NoCardYet,
    NoSuchHold,
    NoSuchVoucher,
    NotEnoughPoints,
    NothingLeft,
    PaysOtherwise,
    PointsWorthLess,
    ReceiptNotYours,
    ReturnTooMuch,
    SaleUnknown,
    TendersShort,
    TokenOfAnother,
    TokenWorthLess,
    VoidTooLate,
    VoucherElsewhere,
    VoucherHeld,
    VoucherWorthLess,
    WrongCurrency,
)
from .routes import routes as counter_routes
from .sold import routes as sold_routes
from .voids import void

routes = [*desk_routes, *counter_routes, *sold_routes]

__all__ = [
    "Basket",
    "BasketLine",
    "BroughtBack",
    "CardClosed",
    "CardUnknown",
    "Counter",
    "Express",
    "GuestReceipt",
    "HoldElsewhere",
    "HoldLess",
    "Moment",
    "NoCardYet",
    "NoSuchHold",
    "NoSuchVoucher",
    "NotEnoughPoints",
    "NothingLeft",
    "PaidWith",
    "PaysOtherwise",
    "PointsWorthLess",
    "Quote",
    "Receipt",
    "ReceiptNotYours",
    "ReturnTooMuch",
    "SaleUnknown",
    "TendersShort",
    "TokenOfAnother",
    "TokenWorthLess",
    "UnitsBack",
    "VoidTooLate",
    "Voided",
    "VoucherElsewhere",
    "VoucherHeld",
    "VoucherWorthLess",
    "WrongCurrency",
    "quote",
    "routes",
    "sell",
    "take_back",
    "void",
]
