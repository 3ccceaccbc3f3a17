"""What the programme brings in, and what a draft of it would have: history folded again under other promises."""

from .backtest import backtest, publish
from .model import Asked, Report, Sample
from .showing import as_json, show

__all__ = ["Asked", "Report", "Sample", "as_json", "backtest", "publish", "show"]
