"""The operator's desk. Its screens are not built yet; here is what no other room shows: how the work behind the doors goes."""

from . import metrics
from . import routes as desk

routes = [*desk.routes, metrics.show_metrics]

__all__ = ["routes"]
