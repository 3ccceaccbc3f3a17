"""Whether the card that was shown may spend: how strongly it was proven, the floor limit, the lock, the pace."""

from .codes import rotating, session, shown, tap_value, totp_key
from .model import ApprovalAsked, Limits, Proof, ScannedText, Shown, Spending, Spent
from .operations import limits, permit, presented
from .routes import routes
from .sweeping import sweep

__all__ = [
    "ApprovalAsked",
    "Limits",
    "Proof",
    "ScannedText",
    "Shown",
    "Spending",
    "Spent",
    "limits",
    "permit",
    "presented",
    "rotating",
    "routes",
    "session",
    "shown",
    "sweep",
    "tap_value",
    "totp_key",
]
