"""Whether the card that was shown may spend: how strongly it was proven, the floor limit, the lock, the pace."""

from .approvals import versions as approval_versions
from .codes import DIGITS, PERIOD_SECONDS, rotating, session, shown, tap_value, totp_key
from .leaving import forget
from .looking import limits
from .model import ApprovalAsked, Limits, Proof, ScannedText, Shown, Spending, Spent
from .operations import permit, presented, refuse_when_off
from .routes import routes
from .sweeping import sweep
from .telling import asked, spent

__all__ = [
    "DIGITS",
    "PERIOD_SECONDS",
    "ApprovalAsked",
    "Limits",
    "Proof",
    "ScannedText",
    "Shown",
    "Spending",
    "Spent",
    "approval_versions",
    "asked",
    "forget",
    "limits",
    "permit",
    "presented",
    "refuse_when_off",
    "rotating",
    "routes",
    "session",
    "shown",
    "spent",
    "sweep",
    "tap_value",
    "totp_key",
]
