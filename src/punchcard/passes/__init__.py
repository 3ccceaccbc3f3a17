"""Wallet cards. A member's face is read once here and shown by Apple and Google each in their way."""

from . import apple, google, why
from .model import CardTexts, Face, Movement, NoWallet, Place, ShownChallenge, ShownOffer, Ticket, card_texts
from .operations import face
from .routes import routes

__all__ = [
    "CardTexts",
    "Face",
    "Movement",
    "NoWallet",
    "Place",
    "ShownChallenge",
    "ShownOffer",
    "Ticket",
    "apple",
    "card_texts",
    "face",
    "google",
    "routes",
    "why",
]
