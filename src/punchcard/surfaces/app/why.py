"""The page behind the link on a card: what moved the points, line by line, and why. It shows no name, no code, no sum, and
nothing on it can be pressed but a line: the link lives on the back of a card for a year."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby

from markupsafe import Markup
from msgspec import Struct

from punchcard import journal
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.locale import Text
from punchcard.journal import CardView, Line, Why
from punchcard.programme import Program

from . import page

LINES = 20
MARKS = frozenset({"almond", "nola", "rayhan", "miro"})
"""The merchants that have a mark of their own in the sprite."""
OWN_NAME = frozenset({"sale", "return", "adjustment"})
"""Movements that are called by their kind where no shop was: what moved most in them says less."""
CLAIMS = frozenset({"spend", "unspend"})
"""Movements that are called by their reward, with a word for what became of it."""
MINUS = "\u2212"


class Place(Struct, frozen=True):
    """A shop as the page calls it: its partner's name, and its own where that says more."""

    partner: str
    name: Text
    shop: str

    def note(self) -> str:
        return "" if self.shop in self.name.values() else self.shop


NOWHERE = Place("", {}, "")


class Told(Struct, frozen=True, kw_only=True):
    """Everything the page is made of."""

    language: str
    """The member's own."""
    zone: str
    card: CardView
    lines: list[Line]
    shops: Mapping[str, Place]
    """Where each shop's id stands for."""
    program: Program


class Movement(Struct, frozen=True, kw_only=True):
    """One line of the page, in the reader's language."""

    day: str
    title: str
    notes: list[str]
    mark: str
    points: Markup
    is_gain: bool
    asks: Markup
    """The heading over the reasons: 'Why 380 points?'"""
    later: Markup | None
    counted: list[tuple[str, Markup]]
    not_counted: list[str]


def explained(told: Told, title: Text, language: str, at: Instant) -> str:
    """The whole page."""
    lines = [movement(line, told, language, at) for line in told.lines]
    days = [(day, list(found)) for day, found in groupby(lines, key=lambda each: each.day)]
    return page.pages.get_template("why.html").render(
        **page.frame(title, language),
        w=lambda key, **values: page.sentence(key, language, "why", **values),
        days=days,
        expiring=expiring(told.card, told.zone, language, at),
    )


def movement(line: Line, told: Told, language: str, at: Instant) -> Movement:
    reasons = [journal.why(reason, told.program, language) for reason in line.reasons]
    place = told.shops.get(line.shop, NOWHERE)
    notes = [
        locale.hour(line.at, told.zone, language),
        place.note(),
        kind(line, language) if line.kind in CLAIMS else "",
    ]
    return Movement(
        day=day(line.at, told.zone, language, at),
        title=locale.of(place.name, language) or called(line, reasons, language),
        notes=[note for note in notes if note],
        mark=place.partner if place.partner in MARKS else "almond",
        points=signed(line.points, language),
        is_gain=line.points > 0,
        asks=asked(line.points, told.card.unit, language),
        later=page.sentence("later", language, "why", points=line.pending) if line.pending > 0 else None,
        counted=[(why.sentence, signed(why.points, language)) for why in reasons if why.points],
        not_counted=[why.sentence for why in reasons if not why.points],
    )


def called(line: Line, reasons: Sequence[Why], language: str) -> str:
    """What a movement without a shop is called: the promise that moved most, else what happened."""
    most = max((why for why in reasons if why.points), key=lambda why: abs(why.points), default=None)
    if most is None or line.kind in OWN_NAME:
        return kind(line, language)
    return most.name or most.sentence


def kind(line: Line, language: str) -> str:
    return locale.maybe_say(f"why.kind-{line.kind}", language) or locale.say("why.kind-other", language)


def asked(points: int, unit: Text, language: str) -> Markup:
    if points < 0:
        return page.sentence("what-moved", language, "why")
    if not points:
        return page.sentence("why-none", language, "why")
    if unit:
        return page.sentence("why-so-many", language, "why", count=points, unit=locale.of(unit, language))
    return page.sentence("why", language, "why", n=points)


def expiring(card: CardView, zone: str, language: str, at: Instant) -> Markup | None:
    """What expires next, and on which day for the last time it can be used."""
    if card.expiring is None:
        return None
    points, last_day = card.expiring.points, dated(card.expiring.at - 1, zone, language, at)
    if card.unit:
        unit = locale.of(card.unit, language)
        return page.sentence("so-many-expire", language, "why", count=points, unit=unit, day=last_day)
    return page.sentence("expiring", language, "why", n=points, day=last_day)


def day(then: Instant, zone: str, language: str, at: Instant) -> str:
    """'Today', 'Yesterday', or the date."""
    there, here = locale.local(then, zone).date(), locale.local(at, zone).date()
    if there == here:
        return locale.say("why.today", language)
    if there == here - timedelta(days=1):
        return locale.say("why.yesterday", language)
    return dated(then, zone, language, at)


def dated(then: Instant, zone: str, language: str, at: Instant) -> str:
    """The date, with its year where that is another than now's."""
    year = locale.local(then, zone).year
    name = locale.day(then, zone, language)
    return name if year == locale.local(at, zone).year else f"{name} {year}"


def signed(points: int, language: str) -> Markup:
    """'+85' kept whole in a line of either direction."""
    sign = "+" if points > 0 else MINUS if points < 0 else ""
    return Markup('<bdi dir="ltr">{}{}</bdi>').format(sign, locale.number(abs(points), language))
