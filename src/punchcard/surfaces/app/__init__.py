"""The member's face in a browser: whoever holds a signed link sees the card, and adds it to a wallet. What the app hears as it
happens, and the service worker that shows what is pushed to it."""

from . import events
from .routes import routes as pages

routes = [*pages, *events.routes]

__all__ = ["routes"]
