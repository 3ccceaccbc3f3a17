"""The web faces of Punchcard: the member's card page today; the phone app, the till and the operator's desk move in here."""

from . import app, console

routes = [*app.routes, *console.routes]

__all__ = ["routes"]
