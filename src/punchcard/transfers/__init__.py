"""Points that go from one member's journal into another's. What leaves is one fact, what arrives is another that bears
the amount and its terms, so that neither journal ever needs the other's."""

from .model import NoSuchCard, NotEnoughPoints
from .operations import DELIVER, deliver, delivery, send
from .routes import routes

__all__ = ["DELIVER", "NoSuchCard", "NotEnoughPoints", "deliver", "delivery", "routes", "send"]
