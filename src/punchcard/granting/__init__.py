"""What only a door can know of a fact: whether the member is in a segment, what is left of a budget, and whether chance
gives. A door asks here and writes the answer into the fact, so that folding it again never asks anew."""

from .operations import decided_here, offered, reserved

__all__ = ["decided_here", "offered", "reserved"]
