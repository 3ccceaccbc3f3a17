"""A challenge as a member stands in it."""

from msgspec import Struct

from punchcard import programme
from punchcard.foundation.clock import Instant
from punchcard.foundation.locale import Text
from punchcard.programme import Program, Standing


class Challenge(Struct, frozen=True, kw_only=True):
    """How far a member has come. `done` and `target` are visits, days, minor units, categories or weeks, by `kind`."""

    id: str
    name: Text
    kind: str
    done: int
    target: int
    completed: bool
    reward: int
    """Points that wait at the end."""
    since: Instant
    until: Instant
    """When this round is over, and the count begins anew."""


def standing_in(challenge: programme.Challenge, standing: Standing, program: Program, at: Instant) -> Challenge:
    progress = standing.progress.get(challenge.id)
    completed = progress is not None and progress.done > 0
    done = programme.steps_done(challenge, progress.marks) if progress else 0
    return Challenge(
        id=challenge.id,
        name=challenge.name,
        kind=challenge.kind,
        done=challenge.target if completed else min(done, challenge.target),
        target=challenge.target,
        completed=completed,
        reward=challenge.reward,
        since=challenge.since,
        until=min(challenge.until, program.calendar.until(program.day(at), challenge.every)),
    )
