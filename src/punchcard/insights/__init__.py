"""What the programme brings in, and what a draft of it would have: history folded again under other promises, and what an
offer brought beside those who went without it."""

from .backtest import backtest, publish
from .lift_measuring import brought, measure_due
from .lift_model import Lift
from .lift_table import lift_as_json, show_lift
from .model import Asked, Report, Sample
from .routes import routes
from .showing import as_json, show

__all__ = [
    "Asked",
    "Lift",
    "Report",
    "Sample",
    "as_json",
    "backtest",
    "brought",
    "lift_as_json",
    "measure_due",
    "publish",
    "routes",
    "show",
    "show_lift",
]
