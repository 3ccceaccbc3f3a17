"""Whether tills and journals agree: their totals each night, and their own journals line by line when somebody asks."""

from .comparing import compare
from .filing import OPTIONAL, REQUIRED, Compared, counts, reconcile
from .model import Differs, Finding, Line, Totals
from .operations import nightly
from .routes import routes

__all__ = [
    "OPTIONAL",
    "REQUIRED",
    "Compared",
    "Differs",
    "Finding",
    "Line",
    "Totals",
    "compare",
    "counts",
    "nightly",
    "reconcile",
    "routes",
]
