"""The member's face in a browser: whoever holds a signed link sees the card, and adds it to a wallet. What the app hears as it
happens, and the service worker that shows what is pushed to it."""

from . import events, face
from .routes import routes as pages

routes = [*pages, *face.routes, *events.routes]

__all__ = ["routes"]
