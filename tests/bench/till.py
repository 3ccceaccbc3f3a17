"""What customers wait for at a till: a steady rate, one hot card, three times too much, and quotes beside sales."""

import asyncio
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from punchcard.demo.stage import Stage, raised
from tests.bench.figures import Figure, at_least, told, under
from tests.bench.selling import CLIENTS, begun, peopled, tills

COMMAND = "make bench ONLY=till"
ROOT = Path("build/bench").absolute()
RATE, RATE_SECONDS = 600, 60
PEAK_SECONDS, OVERLOAD_SECONDS, HOT_SECONDS, QUOTE_SECONDS, ROUNDS = 8, 12, 6, 4, 3
HOT_CLIENTS = 16


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    return asyncio.run(measured())


async def measured() -> list[Figure]:
    async with raised(ROOT, port=0) as stage:
        key, cards = await peopled(stage)
        await begun(stage.config.port, key, cards)
        (stage.folder / "cards.json").write_text(json.dumps(cards))
        steady = await load(stage, key, RATE=RATE, SECONDS=RATE_SECONDS)
        hot = await tills(stage.config.port, key, cards[:1], HOT_SECONDS, HOT_CLIENTS)
        sold, quoted = await in_turns(stage.config.port, key, cards)
        peak = await load(stage, key, CLIENTS=CLIENTS, SECONDS=PEAK_SECONDS)
        most = of(peak, "sold_ms", "count") / PEAK_SECONDS
        over = await load(stage, key, RATE=round(3 * most), AFTER=round(most / 2), SECONDS=OVERLOAD_SECONDS)
    missed = (
        of(steady, "wrong", "count") + of(steady, "refused_ms", "count") + of(steady, "dropped_iterations", "count")
    )
    name = f"{RATE} sales a second for {RATE_SECONDS} s"
    return [
        told(f"{name}: made", of(steady, "sold_ms", "count") / RATE_SECONDS, "a second", COMMAND),
        told(f"{name}: p50", of(steady, "sold_ms", "med"), "ms", COMMAND),
        under(f"{name}: p99", of(steady, "sold_ms", "p(99)"), "ms", 50, COMMAND),
        under(f"{name}: refused, wrong or not even asked", missed, "sales", 1, COMMAND),
        at_least("sales at one card", hot.rate, "a second", 300, COMMAND),
        under("sales at one card that went wrong", len(hot.errors), "sales", 1, COMMAND),
        at_least(
            "quotes ÷ sales", statistics.median(q / s for q, s in zip(quoted, sold, strict=True)), "ratio", 1.5, COMMAND
        ),
        told("quotes", statistics.median(quoted), "a second", COMMAND),
        told("peak under k6", most, "sales a second", COMMAND),
        at_least(
            "three times the peak: sold ÷ peak",
            of(over, "sold_ms", "count") / OVERLOAD_SECONDS / most,
            "ratio",
            0.8,
            COMMAND,
        ),
        told("three times the peak: refused with Retry-After", of(over, "refused_ms", "count"), "sales", COMMAND),
        under("three times the peak: refusals, p99", of(over, "refused_ms", "p(99)"), "ms", 100, COMMAND),
        under("three times the peak: neither sold nor refused so", of(over, "wrong", "count"), "sales", 1, COMMAND),
        under("three times the peak: last trouble after it", of(over, "trouble_s", "max"), "seconds", 10, COMMAND),
    ]


async def in_turns(port: int, key: str, cards: list[str]) -> tuple[list[float], list[float]]:
    """Rates of sales and of quotes, in turns."""
    sold, quoted = [], []
    for _ in range(ROUNDS):
        sold.append((await tills(port, key, cards, QUOTE_SECONDS)).rate)
        quoted.append((await tills(port, key, cards, QUOTE_SECONDS, quotes=True)).rate)
    return sold, quoted


async def load(stage: Stage, key: str, **more: float) -> dict[str, Any]:
    """What k6 measured."""
    out = stage.folder / "k6.json"
    variables = {"URL": stage.url, "KEY": key, "CARDS": stage.folder / "cards.json", "OUT": out, **more}
    words = [str(Path(sys.executable).with_name("k6")), "run", "--no-usage-report", "--quiet"]
    for name, value in variables.items():
        words += ["-e", f"{name}={value}"]
    script = Path(__file__).with_name("till.js")
    words.append(str(script))
    said = await asyncio.to_thread(lambda: subprocess.run(words, capture_output=True, text=True))
    assert said.returncode == 0, said.stderr
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def of(metrics: dict[str, Any], name: str, what: str) -> float:
    """One number of a metric; 0 of what never happened."""
    return float(metrics.get(name, {}).get("values", {}).get(what) or 0)
