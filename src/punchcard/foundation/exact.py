"""What others wrote, read exactly: amounts are decimals and never floats, times are instants; or the reason why they are none."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

WHOLE_DIGITS_MAX, FRACTION_DIGITS_MAX = 15, 9
MILLISECONDS_SINCE = 10**11
"""A number of this size counts milliseconds: as seconds it lies in the year 5138."""
EXAMPLE = "is no time; RFC 3339 is, for example 2026-11-18T09:00:00Z"


class NotThis(ValueError):
    """Why a value is not what was asked for, as a sentence without its subject."""


def text(value: Any) -> str:
    """A text, a number or yes and no in words. Nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value) if isinstance(value, int) else format(number(value), "f")
    raise NotThis("is no text")


def number(value: Any) -> Decimal:
    """A number as exactly as it was written, be it in quotes."""
    if isinstance(value, str):
        if "," in value:
            raise NotThis("has a comma; a number has a point, and nothing between its thousands")
        if not plain(value):
            raise NotThis("is no number")
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise NotThis("is missing" if value is None else "is no number")
    found = Decimal(value)
    if not found:
        return Decimal(0)
    if not found.is_finite() or not -FRACTION_DIGITS_MAX <= found.adjusted() < WHOLE_DIGITS_MAX:
        raise NotThis("is out of all bounds")
    if len(found.as_tuple().digits) > WHOLE_DIGITS_MAX + FRACTION_DIGITS_MAX:
        raise NotThis("has too many digits")
    return found


def plain(written: str) -> bool:
    """Whether it is a decimal without an exponent, for example -12.50."""
    whole, point, rest = written.removeprefix("-").partition(".")
    return all(part.isascii() and part.isdigit() for part in ((whole, rest) if point else (whole,))) and (
        len(written) <= WHOLE_DIGITS_MAX + FRACTION_DIGITS_MAX
    )


def minor_units(value: Any, decimals: int) -> int:
    """The amount in minor units, exactly: 24.8 with two decimals is 2480."""
    scaled = number(value).scaleb(decimals)
    if scaled != scaled.to_integral_value():
        raise NotThis(f"has more than {decimals} digits behind the point" if decimals else "is no whole number")
    return int(scaled)


def instant(said: Any, zone: str) -> str:
    """RFC 3339, or seconds or milliseconds since 1970. What names no zone is by the clock on the shop's wall."""
    try:
        if isinstance(said, str) and not plain(said):
            if len(said) < len("2026-11-18T09:00"):
                raise NotThis(EXAMPLE)
            found = datetime.fromisoformat(said)
        else:
            since = number(said)
            found = datetime.fromtimestamp(int(since / 1000 if abs(since) >= MILLISECONDS_SINCE else since), UTC)
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC).isoformat()
    except (ValueError, OverflowError, OSError) as error:
        if isinstance(error, NotThis):
            raise
        raise NotThis(EXAMPLE) from None
