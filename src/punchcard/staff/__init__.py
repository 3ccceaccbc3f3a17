"""Who stands at the tills, what they may not do for themselves, and what looks odd."""

from .operations import may_serve

__all__ = ["may_serve"]
