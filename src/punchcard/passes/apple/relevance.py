"""When a phone brings the card up by itself: near a shop or a beacon, and while an offer holds."""

from collections.abc import Sequence
from typing import Any

from wallet.models import IBeacon

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.locale import Text
from punchcard.passes.model import Beacon, Nearby, Place
from punchcard.passes.texts import every

from .model import telling
from .phrases import Columns
from .slots import iso, localised


def near(places: Sequence[Place], nearby: Nearby, language: str) -> tuple[list[dict[str, Any]], dict[str, Columns]]:
    """The locations of a pass, in the order of its face, with what the lock screen says near each."""
    lines: dict[str, Columns] = {}
    found = []
    for each in places:
        text = each.text or at_shop(nearby.text, each.name)
        relevant = {"relevantText": localised(text, language, lines)} if text else {}
        found.append({"latitude": each.latitude, "longitude": each.longitude, **relevant})
    return found, lines


def at_shop(text: Text, name: str) -> Text:
    return every(lambda language: locale.of(text, language).replace("{shop}", name)) if text else {}


def beacon(each: Beacon, language: str) -> tuple[dict[str, Any], dict[str, Columns]]:
    """A transmitter as the model writes it, without numbers that nobody gave."""
    lines: dict[str, Columns] = {}
    made = IBeacon(each.uuid, each.major, each.minor)
    made.relevantText = localised(each.text, language, lines)
    return telling(made.json_dict()), lines


def window(since: Instant, until: Instant) -> list[dict[str, str]]:
    """While an offer holds."""
    return [{"startDate": iso(since), "endDate": iso(until)}]
