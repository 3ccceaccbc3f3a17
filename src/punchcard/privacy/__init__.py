"""What members may do with all that is kept of them: take a copy along, and leave."""

from .routes import routes
from .settling import SETTLE, settle

__all__ = ["SETTLE", "routes", "settle"]
