"""What shops sell on points of sale of others: posted by them and understood by a mapping, or dropped as a file."""

from .model import Connector, Mapping, Mistake, Understood
from .routes import routes

__all__ = ["Connector", "Mapping", "Mistake", "Understood", "routes"]
