"""Progress in challenges. All kinds are one map, from what was seen to how often."""

from datetime import date

from msgspec.structs import replace

from . import lots
from .coins import (
    NEVER,
)
from .facts import Activity, Instant, Line, OptIn, OptOut, Sale
from .news import ChallengeCompleted, ChallengeWithdrawn
from .program import Program
from .promises import (
    Challenge,
)
from .standing import ISSUED, Deal, Progress, Ruling
from .weighing import Weighed

Marks = dict[str, tuple[Instant, dict[str, int]]]


def step(ruling: Ruling, weighed: Weighed, fact: Sale | Activity, lines: tuple[Line, ...], program: Program) -> Marks:
    """Take every open challenge forward by what this fact shows; says what was added."""
    day, marks = program.day(ruling.standing.at), {}
    until_of, amounts, units = program.calendar.until, weighed.amounts, weighed.units
    for index, challenge in weighed.plan.challenges:
        if units[index] and amounts[index] >= challenge.minimum:
            until = min(challenge.until, until_of(day, challenge.every))
            seen = marks_of(challenge, index, amounts[index], day, lines, program)
            marks[challenge.id] = until, seen
            progress(ruling, challenge, until, seen, fact.partner, program)
    return marks


def marks_of(
    challenge: Challenge, index: int, amount: int, day: date, lines: tuple[Line, ...], program: Program
) -> dict[str, int]:
    match challenge.kind:
        case "count":
            return {"": 1}
        case "sum":
            return {"": amount}
        case "distinct":
            return dict.fromkeys(sorted(program.categories(index, lines)), 1)
        case "days":
            return {str(day.toordinal()): 1}
        case _:
            return {str(program.calendar.week(day)): 1}


def steps_done(challenge: Challenge, marks: dict[str, int]) -> int:
    """How far these marks come towards the challenge's target."""
    match challenge.kind:
        case "count" | "sum":
            return marks.get("", 0)
        case "distinct" | "days":
            return len(marks)
        case _:
            best = run = 0
            previous = None
            for number in sorted(map(int, marks)):
                run = run + 1 if number - 1 == previous else 1
                best, previous = max(best, run), number
            return best


def progress(
    ruling: Ruling,
    challenge: Challenge,
    until: Instant,
    seen: dict[str, int],
    partner: str,
    program: Program,
    sign: int = 1,
) -> None:
    """Add what was seen, or take it away; the first time the target is reached in a window pays."""
    standing = ruling.standing
    now = standing.progress.get(challenge.id) or Progress(until, {})
    if now.done and challenge.on_return == "keep":
        return
    marks = dict(now.marks)
    for key, count in seen.items():
        marks[key] = marks.get(key, 0) + sign * count
        if marks[key] <= 0:
            del marks[key]
    done, paid = steps_done(challenge, marks) >= challenge.target, now.paid
    if done and not now.done:
        paid = complete(ruling, challenge, partner, program)
    elif now.done and not done:
        paid = withdraw(ruling, challenge, now, partner, program)
    if done and challenge.on_return == "keep":
        marks = {}
    if marks or done:
        standing.progress[challenge.id] = Progress(until, marks, int(done), paid, joined=now.joined, target=now.target)
    else:
        standing.progress.pop(challenge.id, None)
    ruling.moved = True


def complete(ruling: Ruling, challenge: Challenge, partner: str, program: Program) -> int:
    if challenge.reward:
        lot = lots.mint(challenge.coin, challenge.reward, ruling.standing.at, partner, program)
        lots.credit(ruling, lot, ISSUED, challenge.id, challenge.edition)
    ruling.news.append(ChallengeCompleted(challenge.id, ruling.of))
    return challenge.reward


def withdraw(ruling: Ruling, challenge: Challenge, now: Progress, partner: str, program: Program) -> int:
    if now.paid:
        lot = lots.mint(challenge.coin, now.paid, ruling.standing.at, partner, program)
        lots.debit(ruling, lot.currency, lot.points, ISSUED, challenge.id, challenge.edition)
    ruling.news.append(ChallengeWithdrawn(challenge.id, ruling.of))
    return 0


def unmark(ruling: Ruling, weighed: Weighed, deal: Deal, lines: tuple[Line, ...], program: Program) -> Marks:
    """Take the sale's progress back, as long as the window of the challenge is open."""
    marks, amounts, units = dict(deal.marks), weighed.amounts, weighed.units
    for index, challenge in weighed.plan.challenges:
        if challenge.id not in marks or challenge.on_return == "keep":
            continue
        until, seen = marks[challenge.id]
        holds = units[index] and amounts[index] >= challenge.minimum
        left = marks_of(challenge, index, amounts[index], program.day(deal.fact.at), lines, program) if holds else {}
        gone = {key: count - left.get(key, 0) for key, count in seen.items() if count > left.get(key, 0)}
        if gone and until > ruling.standing.at:
            partner = deal.fact.partner if isinstance(deal.fact, Sale) else ""
            progress(ruling, challenge, until, gone, partner, program, sign=-1)
        marks[challenge.id] = until, left
    return marks


def opt_in(ruling: Ruling, fact: OptIn, program: Program) -> None:
    """The member takes part, with a target of their own if the door gave one."""
    standing = ruling.standing
    now = standing.progress.get(fact.challenge) or Progress(NEVER, {})
    standing.progress[fact.challenge] = replace(now, joined=True, target=fact.target)
    ruling.moved = True


def opt_out(ruling: Ruling, fact: OptOut, program: Program) -> None:
    if ruling.standing.progress.pop(fact.challenge, None):
        ruling.moved = True


def end_window(ruling: Ruling, id: str, program: Program) -> None:
    del ruling.standing.progress[id]
    ruling.moved = True
