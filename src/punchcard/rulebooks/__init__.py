"""What was promised, and from when to when: programmes written as TOML, checked, published as dated terms, never changed."""

from .check import check
from .model import (
    Current,
    Edition,
    FileNotRight,
    Finding,
    FixedForever,
    NoSuchPromise,
    OtherKind,
    PromiseExists,
    TooLate,
)
from .operations import current, end_term, program, publish, publish_term, version

__all__ = [
    "Current", "Edition", "FileNotRight", "Finding", "FixedForever", "NoSuchPromise", "OtherKind", "PromiseExists",
    "TooLate", "check", "current", "end_term", "program", "publish", "publish_term", "version",
]  # fmt: skip
