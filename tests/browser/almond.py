"""Faces to look at: Maya's card on each level, in each language."""

from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.locale import Text
from punchcard.foundation.money import Money
from punchcard.passes import Face, ShownOffer
from punchcard.surfaces.app.page import Extra

NOW: Instant = 1_795_349_580  # 22 November 2026, 14:13 in Jerusalem
CODE = "7QK4PXM2W9TR5HBCD"
TITLE = {"en": "Almond", "he": "שקד", "ar": "لوز", "ru": "Миндаль"}
NAMES = {"en": "Maya", "he": "מאיה", "ar": "مايا", "ru": "Майя"}
TIERS: dict[str, Text] = {
    "bud": {"en": "Bud", "he": "ניצן", "ar": "برعم", "ru": "Бутон"},
    "blossom": {"en": "Blossom", "he": "פריחה", "ar": "زهرة", "ru": "Цветение"},
    "orchard": {"en": "Orchard", "he": "בוסתן", "ar": "بستان", "ru": "Сад"},
}
STANDINGS = {"bud": (121, "blossom", 379), "blossom": (2480, "orchard", 520), "orchard": (12904, "", 0)}
THRESHOLDS = {"bud": 500, "blossom": 2000, "orchard": 0}
COFFEE = {
    "en": "Double points on any coffee",
    "he": "נקודות כפולות על כל קפה",
    "ar": "نقاط مضاعفة على كل قهوة",
    "ru": "Двойные баллы за любой кофе",
}
NOLA = {"en": "Nola Coffee", "he": "קפה נולה", "ar": "مقهى نولا", "ru": "Кофейня «Нола»"}


def face(language: str = "en", tier: str = "blossom", name: str = "", offer_seconds: int = 10_020) -> Face:
    points, next_tier, missing = STANDINGS[tier]
    return Face(
        member_id=UUID(int=7),
        card_code=CODE,
        name=name or NAMES[language],
        language=language,
        zone="Asia/Jerusalem",
        points=points,
        tier=tier,
        tier_name=TIERS[tier],
        next_tier=next_tier,
        next_tier_name=TIERS.get(next_tier, {}),
        missing=missing,
        worth=Money(points, "ILS"),
        offer=ShownOffer("coffee-x2", COFFEE, NOW + offer_seconds) if offer_seconds else None,
    )


def extra(tier: str = "blossom") -> Extra:
    return Extra("cup", NOLA, THRESHOLDS[tier])
