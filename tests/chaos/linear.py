"""Could callers who saw this have asked one after the other? A small checker of linearizability of our own (Wing and Gong's
search, which remembers what it has seen as Lowe does), and the same history as detangle's checker reads it."""

from collections.abc import Callable, Sequence
from typing import Literal

from detangle import lin
from msgspec import Struct

Verb = Literal["earn", "spend", "read"]
Refused = Literal["refused"]


class Call(Struct, frozen=True):
    """Something that was asked of a balance: when, when the answer came (None: it never did, and nobody knows whether it
    happened), and what the answer said the balance then was. `called` and `returned` count events, none falls together."""

    caller: int
    verb: Verb
    points: int
    called: int
    returned: int | None = None
    said: int | Refused | None = None


def step(balance: int, call: Call) -> int | None:
    """The balance after this call; None where it cannot have been answered so. A call without an answer that could not be
    covered changes nothing."""
    if call.verb == "read":
        return balance if call.returned is None or call.said == balance else None
    covered = call.verb == "earn" or balance >= call.points
    after = balance + (call.points if call.verb == "earn" else -call.points) * covered
    if call.returned is None:
        return after
    return after if call.said == (after if covered else "refused") else None


def linearizable(calls: Sequence[Call], start: int, step: Callable[[int, Call], int | None] = step) -> bool:
    """Whether there is an order of the calls that explains every answer, in which none stands before one that had been
    answered when it was asked. Calls without an answer may stand anywhere after they were asked, or nowhere."""
    calls = sorted(calls, key=lambda call: call.called)
    answered = sum(1 << place for place, call in enumerate(calls) if call.returned is not None)
    seen: set[tuple[int, int]] = set()
    open = [(0, start)]
    while open:
        done, balance = open.pop()
        if done & answered == answered:
            return True
        if (done, balance) in seen:
            continue
        seen.add((done, balance))
        for place in next_ones(calls, done):
            after = step(balance, calls[place])
            if after is not None:
                open.append((done | 1 << place, after))
    return False


def next_ones(calls: Sequence[Call], done: int) -> list[int]:
    """Which calls may come next: those that were asked before any other of the rest had been answered."""
    found: list[int] = []
    first_answer: float = float("inf")
    for place, call in enumerate(calls):
        if done >> place & 1:
            continue
        if call.called > first_answer:
            break
        found.append(place)
        if call.returned is not None:
            first_answer = min(first_answer, call.returned)
    return [place for place in found if calls[place].called < first_answer]


class Balance(lin.Model):
    """A balance as detangle's checker wants it."""

    name = "balance"

    def __init__(self, start: int):
        self.start = start

    def init(self) -> int:
        return self.start

    def step(self, state: int, op: lin.Operation) -> tuple[bool, int]:
        after = step(state, op.arg)
        return after is not None, state if after is None else after


def linearizable_by_detangle(calls: Sequence[Call], start: int) -> bool:
    operations = [
        lin.Operation(
            index,
            call.caller,
            call.verb,
            call,
            call.called,
            0.0,
            call.said,
            lin.INFO if call.returned is None else lin.OK,
            call.returned,
        )
        for index, call in enumerate(calls)
    ]
    return bool(lin.check(operations, Balance(start)).ok)


def agreed(calls: Sequence[Call], start: int) -> bool:
    """What both checkers say; they must say the same."""
    ours, theirs = linearizable(calls, start), linearizable_by_detangle(calls, start)
    assert ours == theirs, f"ours says {ours}, detangle {theirs}, of {calls}"
    return ours
