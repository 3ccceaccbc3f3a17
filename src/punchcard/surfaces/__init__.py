"""The web faces of Punchcard: the member's app and card page, the till, and what the operator's desk shows today."""

from . import app, console, programme, till, web

routes = [*web.routes, *app.routes, *till.routes, *console.routes, *programme.routes]

__all__ = ["routes"]
