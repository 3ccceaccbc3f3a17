"""What stands behind Maya's card: her last movements, in the words of the real programme."""

import tomllib

from punchcard.demo.town import PROGRAMME
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.money import Money
from punchcard.journal import CardView, Expiring, Line
from punchcard.programme import Program, Reason, Reward, Rulebook
from punchcard.surfaces.app.why import Place, Told, explained

from .almond import NOLA, NOW, TIERS, TITLE

SHOPS = {
    "nola-1": Place("nola", NOLA, "Nola Coffee"),
    "rayhan-1": Place(
        "rayhan",
        {"en": "Rayhan Grocery", "he": "מכולת ריחאן", "ar": "بقالة ريحان", "ru": "Бакалея «Рейхан»"},
        "Port branch",
    ),
    "miro-1": Place(
        "miro", {"en": "Miro Bakery", "he": "מאפיית מירו", "ar": "مخبز ميرو", "ru": "Пекарня «Миро»"}, "Miro Bakery"
    ),
}
WRITTEN = tomllib.loads(PROGRAMME.read_text())
PROMISES = tuple(
    Reward(id=each["id"], name=each["name"], points=1) for kind in ("earn", "reward") for each in WRITTEN[kind]
)
"""Their names are all that the page asks for."""
LINES = [
    Line(
        id="a",
        at=NOW - HOUR,
        kind="sale",
        points=380,
        pending=32,
        shop="rayhan-1",
        amount=18420,
        reasons=(
            Reason("base", "applied", 184),
            Reason("blossom-quarter", "applied", 46),
            Reason("fresh", "applied", 150),
            Reason("coffee", "no-such-goods"),
            Reason("early-bread", "other-hours"),
            Reason("welcome", "not-first"),
        ),
    ),
    Line(id="b", at=NOW - 6 * HOUR, kind="sale", points=0, pending=0, shop="nola-1", reasons=()),
    Line(
        id="c", at=NOW - DAY, kind="spend", points=-300, pending=0, reasons=(Reason("any-coffee", "spent", -300),)
    ),
    Line(
        id="d",
        at=NOW - DAY - 7 * HOUR,
        kind="sale",
        points=40,
        pending=0,
        shop="miro-1",
        reasons=(Reason("base", "applied", 32), Reason("blossom-quarter", "applied", 8), Reason("coffee", "no-such-goods")),
    ),
    Line(id="", at=NOW - 330 * DAY, kind="time", points=-61, pending=0, reasons=(Reason("", "expired", -61),)),
]  # fmt: skip


def told(language: str = "en", lines: list[Line] | None = None) -> Told:
    return Told(
        language=language,
        zone="Asia/Jerusalem",
        card=CardView(
            version=1,
            points=2480,
            unit={},
            worth=Money(2480, "ILS"),
            pending=0,
            owed=0,
            visits=7,
            tier="blossom",
            tier_name=TIERS["blossom"],
            tier_until=None,
            projected_tier="blossom",
            projected_tier_name=TIERS["blossom"],
            to_stay=0,
            next_tier="orchard",
            next_tier_name=TIERS["orchard"],
            missing=520,
            next_change_at=NOW,
            expiring=Expiring(180, 1_798_754_400),
        ),
        lines=LINES if lines is None else lines,
        shops=SHOPS,
        program=Program(Rulebook(rewards=PROMISES)),
    )


def page(language: str) -> str:
    return explained(told(language), TITLE, language, NOW)
