"""Money on the card: loaded at a till, brought by a gift card, set aside for a sale to come and set free again."""

from .routes import routes

__all__ = ["routes"]
