"""What the operator offers in the story beside the double coffee, as it is sent to the console."""

from typing import Any

from punchcard.foundation.clock import HOUR, Instant, moment

from .offer import DOUBLE_COFFEE

Words = dict[str, str]

WILLING = {"type": "consents-to", "purpose": "marketing"}
BLOSSOMED = {"type": "tier-in", "tiers": ["blossom", "orchard"]}
WORTH = 20_000_00
"""Agorot: more than one operator may promise alone."""
UNITS = 2
LEFT = 3
FLASH_SECONDS = 3 * HOUR


def words(en: str, he: str, ar: str, ru: str) -> Words:
    return {"en": en, "he": he, "ar": ar, "ru": ru}


QUARTER_OFF = words("25% off any coffee", "25% הנחה על כל קפה", "خصم 25% على كل قهوة", "Скидка 25 % на любой кофе")
COFFEE_LESS = words("Coffee −25%", "קפה ‎−25%", "قهوة ‎−25%", "Кофе −25 %")
ONE_TAP = words(
    "One tap in the app, then at Nola Coffee.",
    "נגיעה אחת באפליקציה, ואז בקפה נולה.",
    "بلمسة واحدة في التطبيق، ثم في مقهى نولا.",
    "Одно касание в приложении, потом в кофейне «Нола».",
)
CROISSANTS = words("30 points with a croissant", "30 נקודות עם קרואסון", "30 نقطة مع كرواسون", "30 баллов за круассан")
SOME_LEFT = words("Nola has some left.", "נשארו כמה בנולה.", "بقي بعضها في نولا.", "В «Ноле» ещё остались.")
TASTING = words("A tasting at Miro tonight", "טעימות הערב במירו", "تذوّق الليلة في ميرو", "Сегодня дегустация в «Миро»")
FRUIT = words("Double points on fruit", "נקודות כפולות על פירות", "نقاط مضاعفة على الفاكهة", "Двойные баллы за фрукты")
WELCOME = words(
    "Half as much again for two days", "פי אחת וחצי ליומיים", "مرة ونصف لمدة يومين", "В полтора раза больше на два дня"
)
BREAD = words("Double points on bread", "נקודות כפולות על לחם", "نقاط مضاعفة على الخبز", "Двойные баллы за хлеб")
LOAF = words("Ten points with a loaf", "עשר נקודות עם כיכר", "عشر نقاط مع رغيف", "Десять баллов за каравай")
ENJOY = words("As long as it lasts.", "כל עוד זה בתוקף.", "ما دام ساريًا.", "Пока действует.")
TWICE = {"type": "times", "percent": 200}
EVERYBODY = {"type": "all", "of": []}
STAYS_ON = "this-afternoon"


def quarter_off(until: Instant) -> dict[str, Any]:
    """A draft, which begins when it is published: money off by one tap, so many times."""
    return {
        "partner_id": "nola",
        "name": QUARTER_OFF,
        "short": COFFEE_LESS,
        "text": ONE_TAP,
        "art": "cup",
        "until": moment(until).isoformat(),
        "audience": WILLING,
        "benefit": {"type": "discount", "percent": 25},
        "goods": {"categories": ["coffee"]},
        "activation": True,
        "budget": {"cents": WORTH, "units": UNITS},
    }


def croissants() -> dict[str, Any]:
    """A flash offer that a till may fire while it has some left."""
    return {
        "partner_id": "nola",
        "name": CROISSANTS,
        "text": SOME_LEFT,
        "topic": "flash",
        "audience": WILLING,
        "benefit": {"type": "fixed", "points": 30},
        "goods": {"categories": ["pastry"]},
        "lasts_seconds": FLASH_SECONDS,
        "by": ["till"],
        "units_most": 20,
    }


def this_afternoon(now: Instant) -> dict[str, Any]:
    """What whoever looks around after the story finds under Offers, to be taken by one tap."""
    more = {
        "audience": EVERYBODY,
        "activation": True,
        "art": "cup",
        "text": ONE_TAP,
        "goods": {"categories": ["coffee"]},
    }
    return offer("nola", DOUBLE_COFFEE, now, now + FLASH_SECONDS, **more)


def offer(partner: str, name: Words, since: Instant, until: Instant, **more: Any) -> dict[str, Any]:
    """What is published in one step: double points for everybody who may be told, unless it says otherwise."""
    return {
        "partner_id": partner,
        "name": name,
        "text": ENJOY,
        "since": moment(since).isoformat(),
        "until": moment(until).isoformat(),
        "audience": WILLING,
        "benefit": TWICE,
        **more,
    }
