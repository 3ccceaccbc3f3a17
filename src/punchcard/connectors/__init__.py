"""What shops sell on points of sale of others: posted by them and understood by a mapping, or dropped as a file."""

from .dropping import OPTIONAL, REQUIRED, Dropped, places, sold, spooled, write_rejects
from .model import Connector, Mapping, Mistake, Understood
from .routes import routes
from .spool import Spool

__all__ = [
    "OPTIONAL",
    "REQUIRED",
    "Connector",
    "Dropped",
    "Mapping",
    "Mistake",
    "Spool",
    "Understood",
    "places",
    "routes",
    "sold",
    "spooled",
    "write_rejects",
]
