"""When the window of a challenge ends, and which edition of it holds or was completed."""

from datetime import date, timedelta

from .facts import Instant
from .marks import steps_done
from .program import Program
from .promises import Challenge
from .standing import Progress


def window_end(challenge: Challenge, day: date, program: Program) -> Instant:
    """When a window ends that begins (or, by the calendar, lies) on this local day."""
    if challenge.window_days:
        return program.calendar.midnight(day + timedelta(challenge.window_days))
    return program.calendar.until(day, challenge.every)


def in_force(program: Program, id: str, at: Instant) -> Challenge | None:
    """The challenge as it was last published until then."""
    versions = [each for each in program.rulebook.challenges if each.id == id and each.since <= at]
    return max(versions, key=lambda each: (each.since, each.edition), default=None)


def reached_by(challenge: Challenge, now: Progress, program: Program, at: Instant) -> Challenge:
    """The edition by which it was completed: today's if these marks reach its target, else that of the sale."""
    latest = in_force(program, challenge.id, at)
    if latest is None or latest.kind != challenge.kind:
        return challenge
    return latest if steps_done(latest, now.marks, program, at) >= (now.target or latest.target) else challenge
