"""What is no sale and may earn: a workout, a review, a coat left for the shelter. Told by a till or kiosk, by an operator,
and, where the rulebook lets them, by members themselves."""

from .model import CardClosed, CardUnknown, Receipt, TillsOnly
from .operations import report_at_a_till, report_for, report_oneself
from .routes import routes

__all__ = [
    "CardClosed",
    "CardUnknown",
    "Receipt",
    "TillsOnly",
    "report_at_a_till",
    "report_for",
    "report_oneself",
    "routes",
]
