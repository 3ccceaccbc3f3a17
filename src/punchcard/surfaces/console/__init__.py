"""The operator's desk. Its screens are not built yet; here is what no other room shows: how the work behind the doors goes."""

from .routes import routes

__all__ = ["routes"]
