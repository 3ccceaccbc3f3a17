"""What was promised, and from when to when: programmes written as TOML, checked, published as dated terms, never changed."""

from .check import check
from .gate import digest_of, keep_backtest, publish_accepted
from .model import (
    AcceptanceMissing,
    Acceptor,
    Backtest,
    BacktestMissing,
    BacktestTooOld,
    Current,
    Edition,
    FileNotRight,
    Finding,
    FixedForever,
    NoSuchPromise,
    OtherKind,
    Pair,
    PromiseExists,
    TooLate,
)
from .operations import current, end_term, listen, program, publish, publish_term, version
from .pairing import pair
from .reference import reference

__all__ = [
    "AcceptanceMissing", "Acceptor", "Backtest", "BacktestMissing", "BacktestTooOld", "Current", "Edition",
    "FileNotRight", "Finding", "FixedForever", "NoSuchPromise", "OtherKind", "Pair", "PromiseExists", "TooLate", "check",
    "current", "digest_of", "end_term", "keep_backtest", "listen", "pair", "program", "publish", "publish_accepted",
    "publish_term", "reference", "version",
]  # fmt: skip
