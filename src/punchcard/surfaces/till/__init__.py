"""The till in a browser: a page that scans with the camera and speaks the tills' own HTTP API."""

from .routes import routes

__all__ = ["routes"]
