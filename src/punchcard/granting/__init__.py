"""What only a door can know of a fact: whether the member is in a segment, what is left of a budget, whether chance
gives, and when the birthday is. A door asks here and writes the answer into the fact, so that folding it again never asks anew."""

from .operations import birthdays, decided_here, offered, reserved

__all__ = ["birthdays", "decided_here", "offered", "reserved"]
