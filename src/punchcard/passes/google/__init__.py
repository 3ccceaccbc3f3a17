"""The card in Google Wallet: a class a tier, an object a member, a short link to save it, and patches with what changed."""

from .callbacks import forget_callbacks
from .client import Wallet
from .converge import converge
from .doctor import checks
from .operations import ensure, link, refresh, retire
from .reconcile import gauges, look, look_around
from .routes import routes
from .support import Line, support_line

__all__ = [
    "Line",
    "Wallet",
    "checks",
    "converge",
    "ensure",
    "forget_callbacks",
    "gauges",
    "link",
    "look",
    "look_around",
    "refresh",
    "retire",
    "routes",
    "support_line",
]
