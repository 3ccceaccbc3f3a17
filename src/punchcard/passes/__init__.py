"""Wallet cards. A member's face is read once here and shown by Apple and Google each in their way."""

from . import apple, campaign, google, links, redesign, why
from .holding import rings_left
from .model import CardTexts, Face, Movement, NoWallet, Place, ShownChallenge, ShownOffer, Ticket, card_texts
from .operations import face
from .redesign_model import Run
from .routes import routes
from .support import CardNow, card_now
from .voiding import Voided, void

__all__ = [
    "CardNow",
    "CardTexts",
    "Face",
    "Movement",
    "NoWallet",
    "Place",
    "Run",
    "ShownChallenge",
    "ShownOffer",
    "Ticket",
    "Voided",
    "apple",
    "campaign",
    "card_now",
    "card_texts",
    "face",
    "google",
    "links",
    "redesign",
    "rings_left",
    "routes",
    "void",
    "why",
]
