"""What a fact shows towards a challenge, as a map from what was seen to how often, and how far such marks come.

A count or a sum has one mark. Days and streaks mark the day or the week, what must differ its name; items and keys of a
set or a sequence are marked by their place, the answers of a quiz by their question, with 1 where they are right."""

from collections.abc import Sequence
from datetime import date
from zlib import crc32

from . import occasions
from .facts import Activity, Instant, Line, Sale
from .plans import TOTALS
from .program import Program
from .promises import Challenge
from .standing import Progress
from .streaks import closed_days, longest, unit_of

KEYS_MOST = 2
"""Days, weeks and things are kept up to so many times the target: enough for a return to leave a challenge completed."""


def shown(
    challenge: Challenge, index: int, fact: Sale | Activity, lines: tuple[Line, ...], day: date, program: Program
) -> dict[str, int]:
    """What the fact shows by itself, whatever was marked before; for all kinds but count and sum."""
    match challenge.kind:
        case "days":
            return {str(day.toordinal()): 1}
        case "streak":
            number = unit_of(challenge, day, program)
            return {} if number is None else {str(number): 1}
        case "distinct":
            return dict.fromkeys(things(challenge, index, fact, lines, program), 1)
        case "quiz":
            return answered(challenge, fact)
        case _:
            return collected(challenge, index, fact, lines, program)


def things(
    challenge: Challenge, index: int, fact: Sale | Activity, lines: tuple[Line, ...], program: Program
) -> list[str]:
    """What must differ, as often as it is seen, in the order of the lines."""
    match challenge.by:
        case "category":
            return [line.category for line in met(index, lines, program)]
        case "sku":
            return [line.sku for line in met(index, lines, program)]
        case "brand":
            return [line.brand for line in met(index, lines, program) if line.brand]
        case "shop":
            return [fact.shop] if fact.shop else []
        case "partner":
            return [fact.partner] if fact.partner else []
    if isinstance(fact, Activity) and challenge.by in fact.data:
        return [in_words(fact.data[challenge.by])]
    return []


def met(index: int, lines: tuple[Line, ...], program: Program) -> Sequence[Line]:
    """The lines that the goods of this promise meet."""
    if index in program.anything:
        return lines
    return [line for line in lines if index in program.hits(line)]


def in_words(value: str | int | bool) -> str:
    """What a payload says, as a rulebook spells it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def answered(challenge: Challenge, fact: Sale | Activity) -> dict[str, int]:
    """The questions that this activity answers: 1 where it is right, else 0."""
    if not isinstance(fact, Activity):
        return {}
    said, answers = fact.data, challenge.answers
    return {each: int(in_words(said[each]) == answers[each]) for each in sorted(answers) if each in said}


def collected(
    challenge: Challenge, index: int, fact: Sale | Activity, lines: tuple[Line, ...], program: Program
) -> dict[str, int]:
    """The places of the items or keys that the fact shows."""
    if challenge.items:
        bought = met(index, lines, program)
        found = [
            any(item.match(line.sku, line.category, line.brand, line.labels) for line in bought)
            for item in challenge.items
        ]
    else:
        seen = things(challenge, index, fact, lines, program)
        found = [key in seen for key in challenge.keys]
    return {str(place): 1 for place, here in enumerate(found) if here}


def starts_anew(challenge: Challenge) -> bool:
    """Completed, it begins again without marks, so that no return can tell what completed it."""
    return challenge.recurs == "completion" and challenge.kind not in TOTALS


def admitted(challenge: Challenge, now: Progress, seen: dict[str, int], id: str) -> dict[str, int]:
    """What of it counts beside the marks so far: what is next in order, a first answer, as many things as are kept.

    A streak that is not complete goes on in any case: there the oldest gives way."""
    marks = now.marks
    match challenge.kind:
        case "sequence":
            following = str(len(marks))
            return {following: crc32(id.encode())} if following in seen else {}
        case "quiz":
            return {question: right for question, right in seen.items() if question not in marks}
        case "set":
            return seen
        case "streak" if not now.done or starts_anew(challenge):
            return seen
    room = KEYS_MOST * (now.target or challenge.target) - len(marks)
    if len(seen) <= room:
        return seen
    fresh = [key for key in seen if key not in marks][: max(0, room)]
    return {key: count for key, count in seen.items() if key in marks or key in fresh}


def still_shown(challenge: Challenge, seen: dict[str, int], shows: dict[str, int]) -> dict[str, int]:
    """What of the marks that a sale made is still seen in what remains of it."""
    if challenge.kind == "sequence":
        return {place: by for place, by in seen.items() if place in shows}
    return {key: min(count, shows[key]) for key, count in seen.items() if key in shows}


def without(challenge: Challenge, marks: dict[str, int], gone: dict[str, int]) -> dict[str, int]:
    """Of a sequence everything after what is taken away goes too, if it is still this sale's mark."""
    if challenge.kind == "sequence":
        cut = min((int(place) for place, by in gone.items() if marks.get(place) == by), default=len(marks))
        return {place: by for place, by in marks.items() if int(place) < cut}
    left = marks | {key: marks.get(key, 0) - count for key, count in gone.items()}
    return {key: count for key, count in left.items() if count > 0}


def steps_done(challenge: Challenge, marks: dict[str, int], program: Program, at: Instant) -> int:
    """How far these marks come towards the challenge's target."""
    match challenge.kind:
        case "count" | "sum":
            return marks.get("", 0)
        case "streak":
            closed = closed_days(program, at) if challenge.unit == "day" else frozenset[int]()
            return longest(challenge, sorted(map(int, marks)), closed)
        case "quiz":
            return sum(marks.values())
        case _:
            return len(marks)


def says(where: dict[str, frozenset[str | int | bool]], fact: Sale | Activity) -> bool:
    """Does the activity's payload say all of this? A sale says nothing."""
    return occasions.says(where, fact.data if isinstance(fact, Activity) else {})
