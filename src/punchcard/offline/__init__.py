"""What happened without a network: batches of facts that a till brings later, in any order and any number of times."""

from .operations import WORK, forget
from .routes import routes
from .working import work

__all__ = ["WORK", "forget", "routes", "work"]
