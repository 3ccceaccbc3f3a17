"""What members are in the middle of: how far they have come in each challenge, until when, and what waits at the end."""

from .model import Challenge
from .operations import progress, progress_in
from .routes import routes

__all__ = ["Challenge", "progress", "progress_in", "routes"]
