"""Offers that end soon: published once, opened and ended by the clock for whom they are meant, applied by themselves
at the till."""

from .activating import GiftGiven, OfferTaken, early_for
from .benefits import Discount, Early, FreeItem, Gift
from .benefits_applied import Less, Taken, best
from .best_next import Ranked, learn_due, ranked
from .desk import stop_itself
from .exporting import Seen, seen
from .model import (
    Benefit,
    Fixed,
    Goods,
    Hours,
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
from .operations import given_to, givers, grants, open_for, open_for_each, publish, stop
from .rounds import audience, close_due, expose, open_due, told
from .rounds_model import Audience, OfferEnded, OfferTold
from .routes import routes
from .telling import Telling, tellings, topics
from .triggers import LAPSE, OfferLapsed, cross, lapse
from .turning import OfferBack, OfferPaused, OfferResumed, OfferSoldOut, turn_due
from .uses import NOTHING, Mine, UseState, at_the_till, settle, states_for

__all__ = [
    "LAPSE",
    "NOTHING",
    "Audience",
    "Benefit",
    "Discount",
    "Early",
    "Fixed",
    "FreeItem",
    "Gift",
    "GiftGiven",
    "Goods",
    "Hours",
    "Less",
    "Mine",
    "NoSuchPartner",
    "Offer",
    "OfferBack",
    "OfferEnded",
    "OfferLapsed",
    "OfferOpened",
    "OfferPaused",
    "OfferResumed",
    "OfferSoldOut",
    "OfferTaken",
    "OfferTold",
    "OpenOffer",
    "PerUnit",
    "Published",
    "Ranked",
    "Seen",
    "Taken",
    "Telling",
    "TextsMissing",
    "Times",
    "UseState",
    "WindowPassed",
    "WindowTooShort",
    "at_the_till",
    "audience",
    "best",
    "close_due",
    "cross",
    "early_for",
    "expose",
    "given_to",
    "givers",
    "grants",
    "lapse",
    "learn_due",
    "open_due",
    "open_for",
    "open_for_each",
    "publish",
    "ranked",
    "routes",
    "seen",
    "settle",
    "states_for",
    "stop",
    "stop_itself",
    "tellings",
    "told",
    "topics",
    "turn_due",
]
