"""The offer of the story: double points on coffee at Nola, for regulars."""

from typing import Any

from punchcard.foundation.clock import Instant, moment

DOUBLE_COFFEE = {
    "en": "Double points on any coffee",
    "he": "נקודות כפולות על כל קפה",
    "ar": "نقاط مضاعفة على كل قهوة",
    "ru": "Двойные баллы за любой кофе",
}
COFFEE_TWICE = {"en": "Coffee ×2", "he": "קפה ×2", "ar": "قهوة ×2", "ru": "Кофе ×2"}
AT_NOLA = {"en": "At Nola Coffee.", "he": "בקפה נולה.", "ar": "في مقهى نولا.", "ru": "В кофейне «Нола»."}
REGULARS = {
    "type": "all",
    "of": [
        {"type": "tier-in", "tiers": ["blossom", "orchard"]},
        {"type": "visited-within", "days": 30},
        {"type": "consents-to", "purpose": "marketing"},
    ],
}


def draft(since: Instant, until: Instant) -> dict[str, Any]:
    """What the operator sends to publish it."""
    return {
        "partner_id": "nola",
        "name": DOUBLE_COFFEE,
        "short": COFFEE_TWICE,
        "text": AT_NOLA,
        "art": "cup",
        "since": moment(since).isoformat(),
        "until": moment(until).isoformat(),
        "audience": REGULARS,
        "benefit": {"type": "times", "percent": 200},
        "goods": {"categories": ["coffee"]},
    }
