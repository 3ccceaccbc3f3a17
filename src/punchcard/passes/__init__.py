"""Wallet cards. A member's face is read once here and shown by Apple and Google each in their way."""

from .model import CardTexts, Face, Movement, ShownChallenge, ShownOffer, card_texts

__all__ = ["CardTexts", "Face", "Movement", "ShownChallenge", "ShownOffer", "card_texts"]
