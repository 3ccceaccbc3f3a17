"""A challenge in words: what is counted, what to do next, what waits at the end. One sentence each, in the reader's language."""

from typing import Literal

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.money import Money
from punchcard.programme import NEVER, STAMPS_MOST, Program, Row
from punchcard.programme import Challenge as Promise

from .model import Challenge

Unit = Literal[
    "visits", "times", "days", "weeks", "money", "value", "categories", "products", "brands", "shops", "partners",
    "things", "steps", "answers",
]  # fmt: skip
BY: dict[str, Unit] = {
    "category": "categories", "sku": "products", "brand": "brands", "shop": "shops", "partner": "partners",
}  # fmt: skip
ICONS = {
    "count": "check-circle", "days": "sun", "sum": "basket", "distinct": "compass", "streak": "calendar-check",
    "sequence": "arrow-u-up-left", "set": "star", "quiz": "trophy",
}  # fmt: skip
"""A symbol for each kind, where the rulebook names none."""


def unit_of(promise: Promise) -> Unit:
    """What is counted."""
    sold = promise.on == "sale"
    match promise.kind:
        case "count":
            return "visits" if sold else "times"
        case "sum":
            return "money" if sold else "value"
        case "days":
            return "days"
        case "streak":
            return "weeks" if promise.unit == "week" else "days"
        case "distinct":
            return BY.get(promise.by, "things")
        case "sequence":
            return "steps"
        case "set":
            return "things"
    return "answers"


def icon_of(promise: Promise) -> str:
    return promise.icon or ICONS[promise.kind]


def badge_of(promise: Promise, language: str) -> str:
    """What the passport calls it."""
    return locale.of(promise.badge, language) or locale.of(promise.name, language)


def partner_of(promise: Promise) -> str:
    """Whose it is, where it is one partner's; empty where several take part."""
    return next(iter(promise.places.partners)) if len(promise.places.partners) == 1 else ""


def prize(promise: Promise, program: Program, language: str) -> str:
    """What waits at the end: '400 points and the badge “Regular”'."""
    badge = locale.of(promise.badge, language)
    if not promise.reward:
        return locale.say("challenges.prize-badge", language, badge=badge_of(promise, language))
    row, currency = "-and-badge" if badge else "", program.currency(promise.coin.currency)
    if currency and currency.name:
        unit = locale.of(currency.name, language)
        return locale.say(f"challenges.prize-other{row}", language, unit=unit, amount=promise.reward, badge=badge)
    return locale.say(f"challenges.prize{row}", language, n=promise.reward, badge=badge)


def next_step(challenge: Challenge, program: Program, language: str, at: Instant) -> str:
    """What to do now so that it goes on, or why nothing can be done."""
    promise = challenge.promise
    if challenge.completed:
        return finished(challenge, program, language)
    if promise.opt_in and not challenge.joined:
        return locale.say("challenges.join", language)
    if not challenge.open:
        before = program.promise(promise.after)
        return locale.say(
            "challenges.opens-after", language, challenge=locale.of(before.name, language) if before else ""
        )
    if challenge.row:
        return of_row(challenge, challenge.row, program, language, at)
    return remaining(challenge, program, language)


def finished(challenge: Challenge, program: Program, language: str) -> str:
    if anew(challenge):
        return locale.say("challenges.finished-anew", language, day=first_day(challenge.until, program, language))
    return locale.say("challenges.finished", language)


def anew(challenge: Challenge) -> bool:
    """There will be another round."""
    promise = challenge.promise
    return promise.recurs != "never" and challenge.until < min(promise.end, NEVER)


def remaining(challenge: Challenge, program: Program, language: str) -> str:
    left, unit = challenge.target - challenge.done, unit_of(challenge.promise)
    if unit == "money":
        said = locale.say("challenges.left-money", language, amount=Money(left, program.rulebook.currency))
    elif unit == "value":
        said = locale.say("challenges.left-value", language, amount=left)
    else:
        said = locale.say(f"challenges.left-{unit}", language, n=left)
    if challenge.until >= NEVER:
        return said
    return f"{said} {locale.say('challenges.in-time', language, day=last_day(challenge.until, program, language))}"


def of_row(challenge: Challenge, row: Row, program: Program, language: str, at: Instant) -> str:
    """Of a streak: by when the next visit keeps it going, or from when on the next one counts."""
    if not row.possible:
        late = "too-late-anew" if anew(challenge) else "too-late"
        return locale.say(f"challenges.{late}", language, day=first_day(challenge.until, program, language))
    if row.opens:
        word = "streak-next" if row.visited else "streak-rests"
        return locale.say(f"challenges.{word}", language, day=first_day(row.opens, program, language))
    word = "begin" if not row.going else "spare" if row.spare else "keep"
    day = last_day(row.due, program, language)
    if challenge.promise.on == "sale":
        return locale.say(f"challenges.streak-{word}", language, day=day)
    kinds = {kind.id: kind.name for kind in program.rulebook.activities}
    what = locale.of(kinds.get(challenge.promise.on, {}), language) or challenge.promise.on
    return locale.say(f"challenges.streak-{word}-doing", language, day=day, what=what)


def stamps(challenge: Challenge, language: str) -> list[tuple[int, str, str]]:
    """The row as it is drawn: number, state, and why a missed one was forgiven."""
    row = challenge.row
    if row is None:
        drawn = challenge.kind == "streak" and challenge.completed and challenge.target <= STAMPS_MOST
        return [(n, "done", "") for n in range(1, challenge.target + 1)] if drawn else []
    weekly = challenge.promise.unit == "week"
    why = {"frozen": "frozen-week" if weekly else "frozen-day", "closed": "closed-day"}
    return [
        (n, "kept", locale.say(f"challenges.{why[state]}", language, n=n)) if state in why else (n, state, "")
        for n, state in enumerate(row.states, 1)
    ]


def first_day(at: Instant, program: Program, language: str) -> str:
    return locale.day(at, program.rulebook.zone, language)


def last_day(end: Instant, program: Program, language: str) -> str:
    """The day before, where it ends at midnight."""
    return locale.day(end - 1, program.rulebook.zone, language)
