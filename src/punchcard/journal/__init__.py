"""Everything that happened to a member, written once, and the standing that follows from it. Every fact enters through
`submit`, whose writer owns the transaction."""

from .arrivals import Arrived, facts_of, facts_since
from .completions import Completed, completions
from .deciding import Door, Receipt
from .doors import NotSpendable
from .feed import Change, Happened, Span, arrived_before, happened_after, spans, tier_now
from .glances import Glance, glances
from .histories import Extent, History, Length, extent, has_history, histories, lengths
from .model import Printed, ReceiptTaken, Recorded, Trial, Whose
from .operations import card, card_of, deal, look_each, quote, quote_at_once, remembered, standing, statement, whose
from .overdue import happened, submit_in_time
from .papers import answered, hand_over, number_of, print_guest, sales_numbered
from .proof import Finding, Report, audit
from .redacting import redact
from .refold import seed_of
from .routes import Why, routes, why
from .sql import versions
from .telling import Titled, completed, reasons_of, tier_reached, tier_shown
from .ticks import due_members, tick, tick_due
from .views import CardView, Expiring, Line, gained_from
from .writer import submit

__all__ = [
    "Arrived",
    "CardView",
    "Change",
    "Completed",
    "Door",
    "Expiring",
    "Extent",
    "Finding",
    "Glance",
    "Happened",
    "History",
    "Length",
    "Line",
    "NotSpendable",
    "Printed",
    "Receipt",
    "ReceiptTaken",
    "Recorded",
    "Report",
    "Span",
    "Titled",
    "Trial",
    "Whose",
    "Why",
    "answered",
    "arrived_before",
    "audit",
    "card",
    "card_of",
    "completed",
    "completions",
    "deal",
    "due_members",
    "extent",
    "facts_of",
    "facts_since",
    "gained_from",
    "glances",
    "hand_over",
    "happened",
    "happened_after",
    "has_history",
    "histories",
    "lengths",
    "look_each",
    "number_of",
    "print_guest",
    "quote",
    "quote_at_once",
    "reasons_of",
    "redact",
    "remembered",
    "routes",
    "sales_numbered",
    "seed_of",
    "spans",
    "standing",
    "statement",
    "submit",
    "submit_in_time",
    "tick",
    "tick_due",
    "tier_now",
    "tier_reached",
    "tier_shown",
    "versions",
    "whose",
    "why",
]
