"""What a rulebook made of a history, as digests: small enough to keep, and no change of meaning hides from them.

`python -m tests.replays points` prints what stands of the whole year under one of the rulebooks, as JSON."""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct, json, msgpack

from punchcard.demo import journey
from punchcard.programme import Program, Sale, Standing, encode, fold
from tests.journey_rulebooks import RULEBOOKS
from tests.journey_year import year

GOLDEN = Path(__file__).with_name("golden")
HOUSEHOLDS = frozenset(range(1, 2500, 41))
"""The sample that `make test` replays."""
ACCEPT = "PUNCHCARD_WRITE_GOLDEN=1 pytest tests/test_golden.py"
MARK, BRIEF = 4, 8
canonical = msgpack.Encoder(order="deterministic").encode


class Replay(Struct, frozen=True):
    """One household's history. `digest` is SHA-256 of all entries, reasons and the last standing; `marks` has four letters
    a fact, the beginning of what is taken of it alone."""

    facts: int
    digest: str
    marks: str


class Year(Struct, frozen=True):
    """All households'. `households` has eight letters each, in their order."""

    facts: int
    digest: str
    households: str


class Golden(Struct, frozen=True):
    """What a rulebook made of the sample and of the year, as it was accepted."""

    sample: dict[str, Replay]
    year: Year


def replay(facts: list[Sale], program: Program) -> Replay:
    """Fold a history from nothing."""
    standing, whole, marks = Standing(), hashlib.sha256(), []
    for fact in facts:
        ruling = fold(standing, fact, program)
        standing = ruling.standing
        said = canonical((fact.id, ruling.entries, ruling.reasons))
        whole.update(said)
        marks.append(hashlib.sha256(said).hexdigest()[:MARK])
    whole.update(encode(standing))
    return Replay(len(facts), whole.hexdigest(), "".join(marks))


def sample(name: str) -> dict[str, Replay]:
    """Some sixty households under this rulebook, by their number."""
    program = Program(RULEBOOKS[name]())
    return {str(household): replay(facts, program) for household, facts in sampled()}


@cache
def sampled() -> list[tuple[int, list[Sale]]]:
    return list(journey.facts(journey.read(), households=HOUSEHOLDS))


def whole_year(name: str) -> Year:
    """All households under this rulebook."""
    program = Program(RULEBOOKS[name]())
    replays = [replay(facts, program) for _, facts in year()]
    digest = hashlib.sha256("".join(each.digest for each in replays).encode()).hexdigest()
    return Year(sum(each.facts for each in replays), digest, "".join(each.digest[:BRIEF] for each in replays))


def golden(name: str) -> Golden:
    """What was accepted."""
    return json.decode((GOLDEN / f"{name}.json").read_bytes(), type=Golden)


def accept(name: str) -> None:
    """Let what the house makes of the year now be what it should make of it."""
    GOLDEN.mkdir(exist_ok=True)
    accepted = Golden(sample(name), whole_year(name))
    (GOLDEN / f"{name}.json").write_bytes(json.format(json.encode(accepted), indent=1) + b"\n")


def differences(accepted: dict[str, Replay], found: dict[str, Replay]) -> Iterator[str]:
    """A sentence for each household that is not what it was: which fact differs first."""
    for household in sorted(accepted.keys() | found.keys(), key=int):
        before, now = accepted.get(household), found.get(household)
        if before != now:
            yield f"household {household}: {first_difference(before, now) if before and now else 'was not there'}"


def first_difference(before: Replay, now: Replay) -> str:
    pairs = zip(marks(before), marks(now), strict=False)
    for number, (old, new) in enumerate(pairs, 1):
        if old != new:
            return f"fact {number} of {now.facts} is the first that says or moves something else"
    if before.facts != now.facts:
        return f"it had {before.facts} facts and has {now.facts}"
    return "its entries and reasons are the same, its last standing is not"


def marks(each: Replay) -> Iterable[str]:
    return (each.marks[i : i + MARK] for i in range(0, len(each.marks), MARK))


def households_that_differ(accepted: Year, found: Year) -> int:
    pieces = [range(0, len(each.households), BRIEF) for each in (accepted, found)]
    old, new = (
        [each.households[i : i + BRIEF] for i in piece] for each, piece in zip((accepted, found), pieces, strict=True)
    )
    return sum(a != b for a, b in zip(old, new, strict=False)) + abs(len(old) - len(new))


if __name__ == "__main__":
    sys.stdout.buffer.write(json.encode(whole_year(sys.argv[1])))
