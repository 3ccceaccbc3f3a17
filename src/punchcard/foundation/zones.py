"""Time zones by their IANA names."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from msgspec import Meta

from .errors import Malformed

Zone = Annotated[str, Meta(min_length=1, max_length=64)]


def check(zone: str, pointer: str = "/zone") -> None:
    """Refuse a zone that does not exist, for example 'Mars/Olympus'."""
    if zone not in known():
        raise Malformed(pointer=pointer, why="no such time zone; give an IANA name, for example Europe/Berlin")


@cache
def known() -> frozenset[str]:
    return frozenset(available_timezones())
