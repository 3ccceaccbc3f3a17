"""What a face must know of the programme before anybody has signed in, and the wallets' own badges."""

from .routes import routes

__all__ = ["routes"]
