"""A challenge as a member stands in it."""

from uuid import UUID, uuid5

from msgspec import Struct

from punchcard import programme
from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused
from punchcard.foundation.locale import Text
from punchcard.programme import Program, Progress, Row, Standing, row_of


class Part(Struct, frozen=True):
    """A step on the way: at how much it lies, what it pays, and whether it was reached in this window."""

    at: int
    reward: int
    reached: bool


class Challenge(Struct, frozen=True, kw_only=True):
    """How far a member has come. `done` and `target` are visits, days, minor units, an activity's value, different
    things, days or weeks in a row, items or right answers, by `kind`."""

    id: str
    name: Text
    kind: str
    done: int
    target: int
    """The member's own, where there is one."""
    completed: bool
    """Nothing more can be reached in this window."""
    times: int
    """How often it was completed in this window."""
    reward: int
    """Points that wait at the end."""
    steps: tuple[Part, ...]
    opt_in: bool
    """Only who opts in takes part."""
    joined: bool
    open: bool
    """What is done now counts: it is joined where it must be, and what it comes after is completed."""
    since: Instant
    until: Instant
    """When this round is over, and the count begins anew."""
    promise: programme.Challenge
    row: Row | None = None
    """Of a streak that is open and not completed: how its row stands."""


class NoSuchChallenge(Refused):
    """There is no such challenge now."""

    status = 404
    words = "challenges"


class NotOpen(Refused):
    """Everybody takes part in this challenge; there is nothing to opt into."""

    words = "challenges"


class AlreadyIn(Refused):
    """The member takes part already."""

    words = "challenges"


class NotIn(Refused):
    """The member does not take part."""

    words = "challenges"


def standing_in(challenge: programme.Challenge, standing: Standing, program: Program, at: Instant) -> Challenge:
    now = standing.progress.get(challenge.id, Progress(challenge.until, {}))
    way, target = programme.steps_done(challenge, now.marks, program, at), now.target or challenge.target
    if challenge.recurs == "completion":
        completed = 0 < challenge.most <= now.done
        if challenge.kind in ("count", "sum"):
            way -= now.done * target
    else:
        completed = now.done > 0
    return Challenge(
        id=challenge.id,
        name=challenge.name,
        kind=challenge.kind,
        done=target if completed else max(0, min(way, target)),
        target=target,
        completed=completed,
        times=now.done,
        reward=challenge.reward,
        steps=tuple(Part(step.at, step.reward, place < now.steps) for place, step in enumerate(in_order(challenge))),
        opt_in=challenge.opt_in,
        joined=now.joined,
        open=(is_open := counts(challenge, now, standing)),
        since=challenge.since,
        until=(until := window_until(challenge, now, program, at)),
        promise=challenge,
        row=row_of(challenge, now, until, program, at)
        if challenge.kind == "streak" and is_open and not completed
        else None,
    )


def counts(challenge: programme.Challenge, now: Progress, standing: Standing) -> bool:
    before = standing.progress.get(challenge.after)
    return (now.joined or not challenge.opt_in) and (not challenge.after or bool(before and before.done))


def window_until(challenge: programme.Challenge, now: Progress, program: Program, at: Instant) -> Instant:
    if now.until < challenge.until or now.done > 0:
        return now.until
    return min(challenge.until, programme.window_end(challenge, program.day(at), program))


def in_order(challenge: programme.Challenge) -> list[programme.Step]:
    return sorted(challenge.steps, key=lambda step: step.at)


def change_id(member_id: UUID, challenge_id: str, way: str, at: Instant) -> str:
    """The id of the fact of opting in or out: the same for whoever asks twice in one second."""
    return str(uuid5(member_id, f"{challenge_id}/{way}/{at}"))
