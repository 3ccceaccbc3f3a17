"""Who stands at the tills, what they may not do for themselves, what is given by hand, and what looks odd."""

from .adjusting import settle_due
from .model import CashierUnknown, OwnCard
from .operations import forget_member, listed, may_serve
from .reporting import last_day, odd_patterns, report_due
from .routes import routes
from .rows import Finding
from .showing import as_json, show

__all__ = [
    "CashierUnknown",
    "Finding",
    "OwnCard",
    "as_json",
    "forget_member",
    "last_day",
    "listed",
    "may_serve",
    "odd_patterns",
    "report_due",
    "routes",
    "settle_due",
    "show",
]
