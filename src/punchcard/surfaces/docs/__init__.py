"""The documentation of the API for a browser: every route with its sentences, and a form to try it with a key."""

from .routes import Page, desk, routes

__all__ = ["Page", "desk", "routes"]
