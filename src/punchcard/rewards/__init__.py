"""What points can be spent on: a catalogue with prices, and claims that are used once at a till, or come back."""

from .gifts import GIVE, give
from .model import Claim, ClaimLapsed, ClaimUsed, NotEnoughPoints, RewardEnded, SoldOut, code_of
from .operations import cancel, catalogue, claim, claimed_as, claims, vouchers
from .routes import routes

__all__ = [
    "GIVE",
    "Claim",
    "ClaimLapsed",
    "ClaimUsed",
    "NotEnoughPoints",
    "RewardEnded",
    "SoldOut",
    "cancel",
    "catalogue",
    "claim",
    "claimed_as",
    "claims",
    "code_of",
    "give",
    "routes",
    "vouchers",
]
