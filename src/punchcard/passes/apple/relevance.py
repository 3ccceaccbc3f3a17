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
from .phrases import Lines, localised
from .slots import iso


def near(places: Sequence[Place], nearby: Nearby, language: str, lines: Lines) -> list[dict[str, Any]]:
    """The locations of a pass, in the order of its face, with what the lock screen says near each."""
    found = []
    for each in places:
        text = each.text or at_shop(nearby.text, each.name)
        relevant = {"relevantText": localised(text, language, lines).said} if text else {}
        found.append({"latitude": each.latitude, "longitude": each.longitude, **relevant})
    return found


def at_shop(text: Text, name: str) -> Text:
    return every(lambda language: locale.of(text, language).replace("{shop}", name)) if text else {}


def beacon(each: Beacon, language: str, lines: Lines) -> dict[str, Any]:
    """A transmitter as the model writes it, without numbers that nobody gave."""
    made = IBeacon(each.uuid, each.major, each.minor)
    made.relevantText = localised(each.text, language, lines).said
    return telling(made.json_dict())


def window(since: Instant, until: Instant) -> list[dict[str, str]]:
    """While an offer holds."""
    return [{"startDate": iso(since), "endDate": iso(until)}]
