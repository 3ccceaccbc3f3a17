"""What Prometheus scrapes: the counts of all processes together, and what things stand at now."""

import logging
from collections import Counter as Counts
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from punchcard import passes
from punchcard.foundation import metrics, outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.metrics import ENDLESS, SUM, Counter, Gauge, Histogram, Row
from punchcard.foundation.settings import Settings

log = logging.getLogger(__name__)

TEXT = "text/plain; version=1.0.0; charset=utf-8"
DARK = "punchcard_gauges_dark"
DARK_ABOUT = "1 when a room could not say what its gauges stand at; the API's log says why."

Offer = Callable[[Connection, Settings, Instant], Awaitable[list[Gauge]]]


async def of_outbox(db: Connection, settings: Settings, at: Instant) -> list[Gauge]:
    """How much must still follow, how old the oldest of it is, and what was laid aside. What stands after a slash in a
    reaction's name says for whom, and is left out: nobody bounds it."""
    waiting: Counts[str] = Counts()
    dead: Counts[str] = Counts()
    oldest: dict[str, int] = {}
    for each in await outbox.depths(db):
        reaction = each.reaction.partition("/")[0]
        waiting[reaction] += each.waiting
        dead[reaction] += each.dead
        late = max(0, at - each.oldest_due_at) if each.oldest_due_at is not None else 0
        oldest[reaction] = max(late, oldest.get(reaction, 0))
    found = []
    for reaction, seconds in oldest.items():
        labels = {"reaction": reaction}
        found += [
            Gauge("punchcard_outbox_rows", "Rows that wait or are due.", waiting[reaction], labels),
            Gauge("punchcard_outbox_oldest_seconds", "Since when the oldest has been due.", seconds, labels),
            Gauge("punchcard_outbox_dead_rows", "Rows laid aside for an operator.", dead[reaction], labels),
        ]
    return found


OFFERED: tuple[tuple[str, Offer], ...] = (
    ("outbox", of_outbox),
    ("passes.apple", passes.apple.gauges),
    ("passes.drift", passes.apple.drift),
    ("passes.google", passes.google.gauges),
)
"""Each room that has gauges, by name."""


@get("/console/metrics", media_type=TEXT)
async def show_metrics(
    database: NamedDependency[Database], settings: NamedDependency[Settings], at: NamedDependency[Instant]
) -> Response[bytes]:
    """Every figure in Prometheus' text format. Counts are at most five seconds old."""
    async with database.reading() as db:
        counted = await metrics.rows(db)
    gauges = await collected(OFFERED, database, settings, at)
    declared = metrics.HOUSE.declared.values()
    return Response(text([*(shown(each, counted) for each in declared), *standing(gauges)]), media_type=TEXT)


async def collected(
    offered: Sequence[tuple[str, Offer]], database: Database, settings: Settings, at: Instant
) -> list[Gauge]:
    """The gauges of all rooms. One that cannot say leaves the others in sight."""
    gauges: list[Gauge] = []
    for room, offer in offered:
        dark = 0
        try:
            async with database.reading() as db:
                gauges += await offer(db, settings, at)
        except Exception:
            log.exception("the gauges of %s stay dark", room)
            dark = 1
        gauges.append(Gauge(DARK, DARK_ABOUT, dark, {"room": room}))
    return gauges


class Shown(Collector):
    """These families, for prometheus-client to write down."""

    def __init__(self, families: Sequence[Metric]):
        self.families = families

    def collect(self) -> Iterator[Metric]:
        return iter(self.families)


def text(families: Sequence[Metric]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Shown(families))
    return generate_latest(registry)


def shown(metric: Counter | Histogram, counted: Sequence[Row]) -> Metric:
    """One declared metric with what was counted of it. Without labels it shows 0 before anything was."""
    names = sorted(metric.labels.names)
    parts: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    if not names:
        parts[()] = {}
    for row in counted:
        if row.name == metric.name and sorted(row.labels) == names:
            parts[tuple(row.labels[name] for name in names)][row.part] = row.amount
    if isinstance(metric, Counter):
        counter = CounterMetricFamily(metric.name, metric.about, labels=names)
        for labels, amounts in parts.items():
            counter.add_metric(labels, amounts.get("", 0.0))
        return counter
    histogram = HistogramMetricFamily(metric.name, metric.about, labels=names)
    for labels, amounts in parts.items():
        histogram.add_metric(labels, cumulated(metric, amounts), amounts.get(SUM, 0.0))
    return histogram


def cumulated(metric: Histogram, amounts: dict[str, float]) -> list[tuple[str, float]]:
    """How many observations fell at or below each bound; bounds that an earlier version counted by stay."""
    bounds = sorted({*metric.parts, *amounts} - {SUM}, key=float)
    assert bounds[-1] == ENDLESS
    below, found = 0.0, []
    for bound in bounds:
        below += amounts.get(bound, 0.0)
        found.append((bound, below))
    return found


def standing(gauges: Sequence[Gauge]) -> list[Metric]:
    families: dict[str, GaugeMetricFamily] = {}
    for each in gauges:
        names = sorted(each.labels)
        family = families.setdefault(each.name, GaugeMetricFamily(each.name, each.about, labels=names))
        family.add_metric([each.labels[name] for name in names], each.value)
    return list(families.values())
