"""Publish promises, end them, and compile everything ever published into the program that facts are folded through."""

import time

import msgspec

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.programme import Challenge, Frame, Program, Promise, Reward, Rulebook, Term

from . import sql
from .check import examine
from .model import (
    Current,
    Edition,
    EditionBody,
    FileNotRight,
    FixedForever,
    Head,
    NoSuchPromise,
    OtherKind,
    PromiseExists,
    TooLate,
)
from .reading import read
from .sql import Everything, Row

SHAPES: dict[str, type[Term | Challenge | Reward]] = {"term": Term, "challenge": Challenge, "reward": Reward}
PROGRAMS_MAX = 8
ALONE, LAST = 0, 10_000
"""The edition of a term that came alone, and its place after those of the file."""

_programs: dict[int, Program] = {}


async def publish(db: Connection, text: str, at: Instant) -> Edition:
    """Make this file hold from `at` on: promises that did not change go on, changed or absent ones end, new ones begin.

    Give an `at` some seconds ahead where tills are selling: a sale that is just being written keeps the program that
    it began with. Refused if the file has faults, if an edition already begins later, or if it changes what stands
    for good."""
    file, findings = examine(text)
    faults = [finding for finding in findings if not finding.warning]
    if file is None:
        raise FileNotRight(line=faults[0].line, reason=faults[0].reason)
    draft = read(file)
    await sql.lock(db)
    before = await sql.latest_edition(db)
    number = 1
    if before:
        number = before.number + 1
        if at <= before.since:
            raise TooLate()
        stands_for_good(before.body, EditionBody(draft.head, draft.frame))
    body = EditionBody(draft.head, msgspec.structs.replace(draft.frame, since=at))
    known = {(row.kind, row.id): row for row in await sql.open_of_files(db)}
    opened, unchanged = [], 0
    for place, promise in enumerate(draft.promises):
        kind = kind_of(promise)
        row = known.pop((kind, promise.id), None)
        if row and restored(row) == promise:
            unchanged += 1
            continue
        await may_follow(db, kind, promise)
        if row:
            await sql.close(db, row.kind, row.id, row.edition, at)
        since = max(at, promise.since)
        await sql.add(db, kind, promise.id, number, place, since, written(promise))
        opened.append(promise.id)
    for row in known.values():
        await sql.close(db, row.kind, row.id, row.edition, at)
    await sql.add_edition(db, number, at, text, written(body))
    await sql.bump(db, fresh())
    return Edition(number, at, tuple(opened), tuple(sorted(id for _, id in known)), unchanged)


async def publish_term(db: Connection, term: Term, at: Instant) -> None:
    """Add one term, which begins at its `since`. Refused if there ever was one of this id, or if it begins before `at`."""
    await sql.lock(db)
    if term.since < at:
        raise TooLate()
    for kind in SHAPES:
        if await sql.latest_of(db, kind, term.id):
            raise PromiseExists(id=term.id)
    await sql.add(db, "term", term.id, ALONE, LAST, term.since, written(term))
    await sql.bump(db, fresh())


async def end_term(db: Connection, id: str, at: Instant) -> None:
    """End a term early, at `at`; what it gave before stands. Ending it twice ends it once."""
    await sql.lock(db)
    row = await sql.latest_of(db, "term", id)
    if row is None:
        raise NoSuchPromise(id=id)
    if row.closed is None:
        await sql.close(db, "term", id, row.edition, at)
        await sql.bump(db, fresh())


async def version(db: Connection) -> int:
    """Which state of everything published holds; a statement may ask `(select version from rulebook_version)`."""
    return await sql.version(db)


async def program(db: Connection) -> Program:
    """Everything ever published, compiled; one cheap query as long as nothing new was published."""
    return (await current(db)).program


async def current(db: Connection) -> Current:
    """The program together with its version."""
    known = await sql.version(db)
    if known not in _programs:
        everything = await sql.everything(db)
        known = everything.version
        while len(_programs) >= PROGRAMS_MAX:
            del _programs[next(iter(_programs))]
        _programs[known] = Program(rulebook(everything))
    return Current(known, _programs[known])


def rulebook(everything: Everything) -> Rulebook:
    """The rows as a rulebook. Frames that say the same as the one before them are left out."""
    promises = [dated(row) for row in everything.promises]
    frames: list[Frame] = []
    for edition in everything.editions:
        frame = edition.body.frame
        if not frames or msgspec.structs.replace(frame, since=frames[-1].since) != frames[-1]:
            frames.append(frame)
    head = everything.editions[-1].body.head if everything.editions else Head()
    return Rulebook(
        head.name,
        head.zone,
        head.week_starts,
        head.currency,
        head.currencies,
        head.activities,
        tuple(each for each in promises if isinstance(each, Term)),
        tuple(each for each in promises if isinstance(each, Challenge)),
        tuple(each for each in promises if isinstance(each, Reward)),
        tuple(frames) or Rulebook().frames,
    )


def dated(row: Row) -> Promise:
    """A promise with the window in which it really held."""
    promise = restored(row)
    closed = promise.closed if row.closed is None else row.closed
    return msgspec.structs.replace(promise, since=row.since, closed=closed, edition=row.edition)


def restored(row: Row) -> Promise:
    return msgspec.convert(row.body, SHAPES[row.kind])


def written(thing: Promise | EditionBody) -> msgspec.Raw:
    """As it is kept: sets in order."""
    return msgspec.Raw(msgspec.json.encode(thing, order="deterministic"))


def kind_of(promise: Promise) -> str:
    return next(kind for kind, shape in SHAPES.items() if isinstance(promise, shape))


def stands_for_good(before: EditionBody, after: EditionBody) -> None:
    """Refused where the zone, the week, the money, a currency of ours or the ladder on the card would become another."""
    kept = {each.id: each.kind for each in after.head.currencies}
    pairs = [
        (what, getattr(before.head, what), getattr(after.head, what)) for what in ("zone", "week_starts", "currency")
    ]
    pairs += [(f"currency {each.id}", each.kind, kept.get(each.id)) for each in before.head.currencies]
    pairs.append(("first currency", before.head.currencies[0].id, after.head.currencies[0].id))
    pairs.append(("first ladder", before.frame.ladders[0].id, after.frame.ladders[0].id))
    for what, was, now in pairs:
        if was != now:
            raise FixedForever(what=what, was=str(was))


async def may_follow(db: Connection, kind: str, promise: Promise) -> None:
    """An id keeps its meaning: what members have begun under it goes on."""
    for other in SHAPES.keys() - {kind}:
        if await sql.latest_of(db, other, promise.id):
            raise PromiseExists(id=promise.id)
    row = await sql.latest_of(db, kind, promise.id)
    if row and row.edition == ALONE:
        raise PromiseExists(id=promise.id)
    if row and counted(restored(row)) != counted(promise):
        raise OtherKind(id=promise.id)


def counted(promise: Promise) -> tuple[str, ...]:
    """What a member's progress is counted in."""
    return (promise.kind, promise.on, promise.coin.currency) if isinstance(promise, Challenge) else ()


def fresh() -> int:
    """A number that no other publication has had, in whatever database."""
    return time.time_ns() // 1000


async def listen(db: Connection, listened: bool) -> None:
    """Whether facts leave a row in the outbox for whoever listens outside; it holds from the next fact on."""
    await sql.listen(db, listened)
