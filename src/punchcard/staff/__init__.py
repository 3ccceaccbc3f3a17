"""Who stands at the tills, what they may not do for themselves, what is given by hand, and what looks odd."""

from .adjusting import settle_due
from .operations import may_serve
from .reporting import odd_patterns, report_due
from .rows import Finding
from .showing import show

__all__ = ["Finding", "may_serve", "odd_patterns", "report_due", "settle_due", "show"]
