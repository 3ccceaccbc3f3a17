"""When a phone brings the card up by itself: near a shop or a beacon, and while an offer holds."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from wallet.models import IBeacon

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.locale import Text
from punchcard.passes.model import Beacon, Nearby, Place
from punchcard.passes.texts import Frozen, every, frozen

from .model import telling
from .phrases import Columns
from .slots import Piece, iso, localised

Placed = tuple[str, float, float, Frozen]
KEPT = 1024
"""Orders of the shops that are kept ready: there are as many as shops."""


def near(
    places: tuple[Place, ...], nearby: Nearby, language: str
) -> tuple[list[dict[str, Any]], Mapping[str, Columns]]:
    """The locations of a pass, in the order of its face, with what the lock screen says near each."""
    placed = tuple([(each.name, each.latitude, each.longitude, frozen(each.text)) for each in places])
    return located(placed, frozen(nearby.text), language)


@lru_cache(maxsize=KEPT)
def located(
    placed: tuple[Placed, ...], said: Frozen, language: str
) -> tuple[list[dict[str, Any]], Mapping[str, Columns]]:
    lines: dict[str, Columns] = {}
    found = []
    for name, latitude, longitude, own in placed:
        text = dict(own) or at_shop(dict(said), name)
        relevant = {"relevantText": localised(text, language, lines)} if text else {}
        found.append({"latitude": latitude, "longitude": longitude, **relevant})
    return found, lines


def at_shop(text: Text, name: str) -> Text:
    return every(lambda language: locale.of(text, language).replace("{shop}", name)) if text else {}


def beacon(each: Beacon, language: str) -> Piece:
    """A transmitter as the model writes it, without numbers that nobody gave."""
    lines: dict[str, Columns] = {}
    made = IBeacon(each.uuid, each.major, each.minor)
    made.relevantText = localised(each.text, language, lines)
    return telling(made.json_dict()), lines


@lru_cache(maxsize=KEPT)
def window(since: Instant, until: Instant) -> list[dict[str, str]]:
    """While an offer holds."""
    return [{"startDate": iso(since), "endDate": iso(until)}]
