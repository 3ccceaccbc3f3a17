"""Whether the card that was shown may spend: how strongly it was proven, the floor limit, the lock, the pace."""

from .model import Limits, Proof, Shown, Spending
from .operations import limits, permit, presented, session, shown

__all__ = ["Limits", "Proof", "Shown", "Spending", "limits", "permit", "presented", "session", "shown"]
