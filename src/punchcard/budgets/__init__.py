"""What is left of what was promised to all together: points of a term's budget, pieces of a reward's stock. A door
reserves, the journal reports how much is used, and what is over is free for others."""

from .model import Wanted
from .operations import LEVEL, give_up, left, reserve, settle, spent, sweep, used_up
from .pots import all_pots, ceiling, pots, worth_of

__all__ = [
    "LEVEL",
    "Wanted",
    "all_pots",
    "ceiling",
    "give_up",
    "left",
    "pots",
    "reserve",
    "settle",
    "spent",
    "sweep",
    "used_up",
    "worth_of",
]
