"""The member's face in a browser: whoever holds a signed link sees the card, and adds it to a wallet."""

from .routes import routes

__all__ = ["routes"]
