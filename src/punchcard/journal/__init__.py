"""Everything that happened to a member, written once, and the standing that follows from it. Every fact enters through
`submit`, whose writer owns the transaction."""

from .deciding import Receipt
from .doors import NotSpendable
from .histories import Extent, History, Length, extent, has_history, histories, lengths
from .model import CardView, Expiring, Line, Recorded, Trial, Whose
from .operations import card, quote, remembered, standing, statement, whose
from .overdue import happened, submit_in_time
from .proof import Finding, Report, audit
from .refold import seed_of
from .routes import Why, routes, why
from .telling import Titled, completed, gained_from, reasons_of, tier_reached, tier_shown
from .ticks import due_members, tick, tick_due
from .writer import submit

__all__ = [
    "CardView",
    "Expiring",
    "Extent",
    "Finding",
    "History",
    "Length",
    "Line",
    "NotSpendable",
    "Receipt",
    "Recorded",
    "Report",
    "Titled",
    "Trial",
    "Whose",
    "Why",
    "audit",
    "card",
    "completed",
    "due_members",
    "extent",
    "gained_from",
    "happened",
    "has_history",
    "histories",
    "lengths",
    "quote",
    "reasons_of",
    "remembered",
    "routes",
    "seed_of",
    "standing",
    "statement",
    "submit",
    "submit_in_time",
    "tick",
    "tick_due",
    "tier_reached",
    "tier_shown",
    "whose",
    "why",
]
