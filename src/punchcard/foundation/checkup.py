"""What `punchcard doctor` finds: a room looks at what it stands on, and says what a person should do about it."""

from typing import Literal

from msgspec import Struct


class Found(Struct, frozen=True):
    """One thing that was looked at. `off` is not set up here, `warn` will do harm if nobody acts, `fail` does harm now."""

    check: str
    state: Literal["ok", "off", "warn", "fail"]
    says: str
    do: str = ""
    """What to do; empty where there is nothing to do."""


def ok(check: str, says: str) -> Found:
    return Found(check, "ok", says)


def off(check: str, says: str, do: str = "") -> Found:
    return Found(check, "off", says, do)


def warn(check: str, says: str, do: str) -> Found:
    return Found(check, "warn", says, do)


def fail(check: str, says: str, do: str) -> Found:
    return Found(check, "fail", says, do)
