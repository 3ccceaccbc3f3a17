"""Everything that happened to a member, written once, and the standing that follows from it. Every fact enters through
`submit`, whose writer owns the transaction."""

from .model import CardView, Expiring, Line, Recorded, Trial
from .operations import card, quote, standing, statement
from .ticks import due_members, tick, tick_due
from .writer import submit

__all__ = [
    "CardView",
    "Expiring",
    "Line",
    "Recorded",
    "Trial",
    "card",
    "due_members",
    "quote",
    "standing",
    "statement",
    "submit",
    "tick",
    "tick_due",
]
