"""Offers that end soon: published once, opened and ended by the clock for whom they are meant, applied by themselves
at the till."""

from .model import (
    Benefit,
    Fixed,
    Goods,
    NoSuchPartner,
    Offer,
    OfferOpened,
    OpenOffer,
    PerUnit,
    Published,
    TextsMissing,
    Times,
    WindowPassed,
    WindowTooShort,
)
from .operations import given_to, grants, open_for, open_for_each, publish, stop
from .rounds import close_due, expose, open_due, told
from .rounds_model import OfferEnded, OfferTold
from .routes import routes

__all__ = [
    "Benefit",
    "Fixed",
    "Goods",
    "NoSuchPartner",
    "Offer",
    "OfferEnded",
    "OfferOpened",
    "OfferTold",
    "OpenOffer",
    "PerUnit",
    "Published",
    "TextsMissing",
    "Times",
    "WindowPassed",
    "WindowTooShort",
    "close_due",
    "expose",
    "given_to",
    "grants",
    "open_due",
    "open_for",
    "open_for_each",
    "publish",
    "routes",
    "stop",
    "told",
]
