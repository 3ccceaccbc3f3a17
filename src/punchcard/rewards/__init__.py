"""What points can be spent on: a catalogue with prices, and claims that are used once at a till, or come back."""

from .model import ClaimLapsed, ClaimUsed, NotEnoughPoints, RewardEnded, SoldOut, claim_by_code, code_of
from .operations import cancel, catalogue, claim, claims, vouchers
from .routes import routes

__all__ = [
    "ClaimLapsed",
    "ClaimUsed",
    "NotEnoughPoints",
    "RewardEnded",
    "SoldOut",
    "cancel",
    "catalogue",
    "claim",
    "claim_by_code",
    "claims",
    "code_of",
    "routes",
    "vouchers",
]
