"""What is left of what was promised to all together: points of a term's budget, pieces of a reward's stock. A door
reserves, the journal reports how much is used, and what is over is free for others."""

from .model import Wanted
from .operations import LEVEL, give_up, left, reserve, settle, sweep

__all__ = ["LEVEL", "Wanted", "give_up", "left", "reserve", "settle", "sweep"]
