"""Counters and histograms: counted in the process, added to PostgreSQL every five seconds, summed over all processes.

A process that is killed loses the counts of its last five seconds, no more; one that is stopped loses none. A batch of counts
bears the process's number for it, so that one whose commit was not answered is sent again and still counts once. While the
database is away counts wait in the process."""

import asyncio
import contextlib
import logging
from bisect import bisect_left
from collections.abc import AsyncIterator, Mapping, Sequence
from threading import Lock
from uuid import uuid4

from msgspec import Struct

from .database import Connection, Database, execute, many

log = logging.getLogger(__name__)

FLUSH_SECONDS = 5.0
LAST_FLUSH_SECONDS = 1.0
"""A server that is told to stop has two seconds for everything."""
LABEL_SETS_MAX = 200
"""A metric with more sets of labels counts the rest under OTHER: what callers can choose must not fill the database."""
OTHER = "other"
SUM, ENDLESS = "sum", "+Inf"

Labels = tuple[tuple[str, str], ...]
Cell = tuple[str, Labels, str]
"""A metric's name, its labels in the order of their names, and which part of it: empty, a bound, or SUM."""


class Gauge(Struct, frozen=True):
    """What something stands at now. A room offers `async def gauges(db, settings, at) -> list[Gauge]`."""

    name: str
    about: str
    value: float
    labels: Mapping[str, str] = {}


class Row(Struct, frozen=True):
    """One number of a metric as all processes together have counted it. Bounds of a histogram are not cumulative."""

    name: str
    labels: dict[str, str]
    part: str
    amount: float


class Tally:
    """What this process has counted and not yet handed to the database. Threads may count at the same time."""

    def __init__(self) -> None:
        self.process = uuid4()
        self.declared: dict[str, Counter | Histogram] = {}
        self.lock = Lock()
        self.counted: dict[Cell, float] = {}
        self.sending: dict[Cell, float] = {}
        self.batch = 0

    def declare(self, metric: "Counter | Histogram") -> None:
        assert metric.name not in self.declared, f"{metric.name} is declared twice"
        self.declared[metric.name] = metric

    def add(self, *amounts: tuple[Cell, float]) -> None:
        with self.lock:
            for cell, amount in amounts:
                self.counted[cell] = self.counted.get(cell, 0.0) + amount

    def next_batch(self) -> dict[Cell, float]:
        """The batch whose arrival is not certain, or else a new one of what was counted since."""
        if not self.sending:
            with self.lock:
                self.sending, self.counted = self.counted, {}
            self.batch += 1
        return self.sending

    async def flush(self, database: Database) -> None:
        """Add to the database what was counted. When this raises, the same batch is sent again next time."""
        if cells := sorted(self.next_batch().items()):
            async with database.transaction() as db:
                await add(db, self, cells)
        self.sending = {}


class Counter:
    """Only ever rises. By custom its name ends in `_total`."""

    def __init__(self, tally: Tally, name: str, about: str, labels: Sequence[str]):
        self.tally, self.name, self.about, self.labels = tally, name, about, Names(name, labels)
        tally.declare(self)

    def inc(self, amount: float = 1, **labels: str) -> None:
        assert amount >= 0, self.name
        self.tally.add(((self.name, self.labels.given(labels), ""), amount))


class Histogram:
    """How many observations fell at or below each bound, and their sum. By custom its name ends in its unit: `_seconds`."""

    def __init__(self, tally: Tally, name: str, about: str, bounds: Sequence[float], labels: Sequence[str]):
        assert bounds and list(bounds) == sorted(bounds), name
        self.tally, self.name, self.about, self.labels = tally, name, about, Names(name, labels)
        self.bounds = tuple(bounds)
        self.parts = (*(repr(float(bound)) for bound in bounds), ENDLESS)
        tally.declare(self)

    def observe(self, amount: float, **labels: str) -> None:
        given, part = self.labels.given(labels), self.parts[bisect_left(self.bounds, amount)]
        self.tally.add(((self.name, given, part), 1.0), ((self.name, given, SUM), amount))


class Names:
    """The names of a metric's labels, and how many sets of their values were seen."""

    def __init__(self, metric: str, names: Sequence[str]):
        self.metric, self.names = metric, frozenset(names)
        self.rest: Labels = tuple((name, OTHER) for name in sorted(names))
        self.seen: set[Labels] = set()

    def given(self, labels: Mapping[str, str]) -> Labels:
        """These labels in order; under OTHER when the metric has too many sets already."""
        assert labels.keys() == self.names, f"{self.metric} has the labels {sorted(self.names)}, not {sorted(labels)}"
        found = tuple(sorted(labels.items()))
        if found not in self.seen:
            if len(self.seen) >= LABEL_SETS_MAX:
                return self.rest
            self.seen.add(found)
        return found


HOUSE = Tally()
"""This process's own."""


def counter(name: str, about: str, labels: Sequence[str] = ()) -> Counter:
    """Declare a counter of the house, once, where a module begins: `SENT = counter("punchcard_…_total", "…", ("outcome",))`."""
    return Counter(HOUSE, name, about, labels)


def histogram(name: str, about: str, bounds: Sequence[float], labels: Sequence[str] = ()) -> Histogram:
    """Declare a histogram of the house. A bound belongs to the observations below it."""
    return Histogram(HOUSE, name, about, bounds, labels)


@contextlib.asynccontextmanager
async def flushing(
    database: Database, tally: Tally = HOUSE, every_seconds: float = FLUSH_SECONDS
) -> AsyncIterator[None]:
    """While inside, hand what was counted to the database; and once more at the end."""
    keeping = asyncio.create_task(keep_flushing(database, tally, every_seconds))
    try:
        yield
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_FLUSH_SECONDS):
                await tried(database, tally)


async def keep_flushing(database: Database, tally: Tally, every_seconds: float) -> None:
    while True:
        await asyncio.sleep(every_seconds)
        await tried(database, tally)


async def tried(database: Database, tally: Tally) -> None:
    """A database that is away must not end the counting: what is not handed over waits."""
    try:
        await tally.flush(database)
    except Exception as error:
        log.warning("metrics could not be handed over, trying again: %r", error)


async def add(db: Connection, tally: Tally, cells: Sequence[tuple[Cell, float]]) -> None:
    """Add a batch, unless it is there already. Rows come in one order, so that processes wait for each other in a line."""
    if not await is_new(db, tally):
        return
    await execute(
        db,
        """
        insert into metric (name, labels, part, amount)
        select * from unnest($1::text[], $2::jsonb[], $3::text[], $4::double precision[])
            on conflict (name, labels, part) do update set amount = metric.amount + excluded.amount
        """,
        [name for (name, _, _), _ in cells],
        [dict(labels) for (_, labels, _), _ in cells],
        [part for (_, _, part), _ in cells],
        [amount for _, amount in cells],
    )


async def is_new(db: Connection, tally: Tally) -> bool:
    """Note that this batch is being added; False when it was before."""
    noted = await execute(
        db,
        """
        with old as (delete from metric_flush where seen_at < now() - interval '7 days' and process <> $1)
        insert into metric_flush (process, batch) values ($1, $2)
            on conflict (process) do update set batch = excluded.batch, seen_at = now()
         where metric_flush.batch < excluded.batch
        """,
        tally.process,
        tally.batch,
    )
    return noted > 0


async def rows(db: Connection) -> list[Row]:
    """Everything that was counted, in the order of names."""
    return await many(db, Row, "select name, labels, part, amount from metric order by name, labels, part")
